"""How the figures of ``perfanalysis/kinds`` were learned, and what was tried beside."""
