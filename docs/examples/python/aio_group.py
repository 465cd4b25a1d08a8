"""The same in asyncio: every verb that may wait is awaitable, and the loader runs on the event loop."""

import asyncio
import zlib

import coord
import coord.aio


@coord.aio.group("pages", max_bytes=64 << 20, ttl=60)
async def page(key: str, context: coord.Context) -> bytes:
    """Loads a page; the context is optional, and asked for by name."""
    text = b"<html>" + key.encode() * 10_000
    packing = asyncio.get_running_loop().run_in_executor(None, zlib.compress, text)
    return await asyncio.wait_for(packing, context.remaining)


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
