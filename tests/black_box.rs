//! Black-box tests of the whole house; the folders mirror functions/src.
