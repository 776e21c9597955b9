"""The type of every text that is kept, in tables and migrations."""

from sqlalchemy import Text as _Text

Text = _Text().with_variant(_Text(collation="C"), "postgresql")  # in the order of its bytes, as in SQLite
