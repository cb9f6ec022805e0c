"""Array kernels without domain knowledge: sorting, sets of pairs, union-find, SIMD, unaligned loads."""
