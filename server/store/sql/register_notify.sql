-- Wakes the registers. Alone in its transaction and after the commit it tells of: inside that one it
-- would take a lock of the whole cluster through the flush.
NOTIFY jianan_change
