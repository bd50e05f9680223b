-- Ends the transaction in which a register read.
COMMIT
