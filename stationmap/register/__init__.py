"""WHAT IS KNOWN: ledger, intake, history."""
