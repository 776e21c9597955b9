"""From conditions and facts to verdicts, twice, by two evaluators that must agree."""
