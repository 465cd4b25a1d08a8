"""The example of README.md: what takes a while to compute is computed once, however many ask."""

# [program]
import coord


@coord.group("primes")
def primes(limit: str) -> bytes:  # once, however many ask
    found = sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, int(limit)))
    return str(found).encode()


print(primes("100000").decode())
# [end]
