"""The same in asyncio: every verb that may wait is awaitable, and the loader runs on the event loop."""

import asyncio

import coord
import coord.aio


@coord.aio.group("pages", max_bytes=64 << 20, ttl=60)
async def page(key: str, context: coord.Context) -> bytes:
    """Loads a page; the context is optional, and asked for by name."""
    await asyncio.wait_for(asyncio.sleep(0.01), context.remaining)
    return b"<html>" + key.encode()


async def main() -> None:
    """Asks a thousand times for ten pages, and gives up on an eleventh."""
    pages = await asyncio.gather(*(page(f"p{i % 10}") for i in range(1000)))
    print(len(pages), "pages,", page.stats().local_loads, "loads")

    waiting = asyncio.create_task(page.get("slow"))
    await asyncio.sleep(0)
    waiting.cancel()  # ends the waiting, not a load that others wait for
    try:
        await waiting
    except asyncio.CancelledError:
        print("cancelled")


asyncio.run(main())
