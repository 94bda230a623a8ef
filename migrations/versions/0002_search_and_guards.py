"""Full-text index over the folded text, and triggers that keep the ledger append-only.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE_UP = (
    "CREATE VIRTUAL TABLE case_search USING fts5("
    "search, content='case_text', content_rowid='case_id', tokenize='unicode61', prefix='2 3')",
    "CREATE TRIGGER case_text_ai AFTER INSERT ON case_text BEGIN "
    "INSERT INTO case_search(rowid, search) VALUES (new.case_id, new.search); END",
    "CREATE TRIGGER case_text_ad AFTER DELETE ON case_text BEGIN "
    "INSERT INTO case_search(case_search, rowid, search) VALUES ('delete', old.case_id, old.search); END",
    "CREATE TRIGGER case_text_au AFTER UPDATE OF search ON case_text BEGIN "
    "INSERT INTO case_search(case_search, rowid, search) VALUES ('delete', old.case_id, old.search); "
    "INSERT INTO case_search(rowid, search) VALUES (new.case_id, new.search); END",
    "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN "
    "SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN "
    "SELECT RAISE(ABORT, 'the ledger is append-only'); END",
)
SQLITE_DOWN = (
    "DROP TRIGGER event_no_delete",
    "DROP TRIGGER event_no_update",
    "DROP TRIGGER case_text_au",
    "DROP TRIGGER case_text_ad",
    "DROP TRIGGER case_text_ai",
    "DROP TABLE case_search",
)
POSTGRES_UP = (
    "ALTER TABLE case_text ADD COLUMN search_vector tsvector "
    "GENERATED ALWAYS AS (to_tsvector('simple', search)) STORED",
    "CREATE INDEX case_search_gin ON case_text USING gin (search_vector)",
    "CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$",
    "CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event "
    "FOR EACH ROW EXECUTE FUNCTION event_append_only()",
)
POSTGRES_DOWN = (
    "DROP TRIGGER event_no_change ON event",
    "DROP FUNCTION event_append_only()",
    "DROP INDEX case_search_gin",
    "ALTER TABLE case_text DROP COLUMN search_vector",
)


def upgrade() -> None:
    """Apply."""
    for statement in SQLITE_UP if _sqlite() else POSTGRES_UP:
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    for statement in SQLITE_DOWN if _sqlite() else POSTGRES_DOWN:
        op.execute(statement)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
