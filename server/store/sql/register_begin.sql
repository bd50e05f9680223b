-- Opens the transaction in which a register reads: everything of it sees one snapshot.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
