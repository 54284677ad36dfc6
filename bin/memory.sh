# How the program's process uses memory; read by what starts it, here and in the package.
# More room for short-lived objects: collecting them costs a seventh of the sends otherwise. It is taken under load alone.
# What lives longer may take a fifth more room before it is collected, and what a young one takes; V8 would let it take four times as much.
heap='--max-semi-space-size=32 --heap-growing-percent=20'
# Large buffers go back to the system at once: glibc would begin to keep them, in many pieces.
export MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=2097152
