"""Run the steps in the transaction that the ledger hands over; Alembic loads this file by its path."""

from alembic import context

from stationmap.register.layout import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
