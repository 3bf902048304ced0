"""Made-up reports in quantity: what `hostwatch load` drives a practice ledger's intake with."""
