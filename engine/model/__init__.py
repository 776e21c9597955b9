"""The nouns: frozen values that the rooms hand to each other. They read nothing and decide nothing."""
