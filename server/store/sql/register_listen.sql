-- Be woken when somebody has committed a change.
LISTEN jianan_change
