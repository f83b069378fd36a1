//! Black-box tests of the folder of the same name in functions/src.
