"""What every noun that comes from a file or goes into the store shares."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value that refuses keys it doesn't know, so that a misspelt key is a fault and not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
