/** Signatures of what asyncio tasks wait for; how to write one: `parseSignatures`. */
export const PYTHON_ASYNCIO = String.raw`
# asyncio: tasks. Their stacks are what they await, so that the innermost function of the library stands on top.

py.aio.queue.get | queue | wait | waits for an item of an asyncio queue | CPython | 3.7-3.15
    means   asyncio.Queue.get(): the queue is empty, and nobody puts anything into it
    by      asyncio.Queue.get
    stack   asyncio/queues.py:get
    sample  asyncio/queues.py:get < app/main.py:consume

py.aio.queue.put | queue-full | wait | waits for room in a full asyncio queue | CPython | 3.7-3.15
    means   asyncio.Queue.put() into a full queue: look at those who should take from it
    by      asyncio.Queue.put
    stack   asyncio/queues.py:put
    sample  asyncio/queues.py:put < app/main.py:produce

py.aio.queue.join | queue-join | wait | waits until all items of an asyncio queue are done | CPython | 3.7-3.15
    means   asyncio.Queue.join(): a task_done() is missing, or the consumers are gone
    by      asyncio.Queue.join
    stack   asyncio/locks.py:wait < asyncio/queues.py:join
    sample  asyncio/locks.py:wait < asyncio/queues.py:join < app/main.py:main

py.aio.lock | lock | wait | waits for an asyncio lock or semaphore | CPython | 3.7-3.15
    means   asyncio.Lock, Semaphore or BoundedSemaphore: another task has it
    by      asyncio.Lock.acquire
    stack   asyncio/locks.py:acquire
    stack   asyncio/locks.py:acquire < asyncio/locks.py:__aenter__
    sample  asyncio/locks.py:acquire < asyncio/locks.py:__aenter__ < app/main.py:move

py.aio.event | event | wait | waits for an asyncio event or condition | CPython | 3.7-3.15
    means   asyncio.Event.wait() or Condition.wait(): nobody sets or notifies it
    stack   asyncio/locks.py:wait
    sample  asyncio/locks.py:wait < app/main.py:main

py.aio.condition | condition | wait | waits for an asyncio condition | CPython | 3.7-3.15
    means   asyncio.Condition.wait_for()
    by      asyncio.Condition.wait_for
    stack   asyncio/locks.py:wait < asyncio/locks.py:wait_for
    sample  asyncio/locks.py:wait < asyncio/locks.py:wait_for < app/main.py:main

py.aio.barrier | barrier | wait | waits at an asyncio barrier | CPython | 3.11-3.15
    means   asyncio.Barrier.wait(): a party is missing
    by      asyncio.Barrier.wait
    stack   asyncio/locks.py:wait < asyncio/locks.py:wait_for < asyncio/locks.py:{_wait,_block} < asyncio/locks.py:wait
    sample  asyncio/locks.py:wait < asyncio/locks.py:wait_for < asyncio/locks.py:_wait < asyncio/locks.py:wait < app/main.py:main

py.aio.sleep | sleep | wait | sleeps (asyncio) | CPython | 3.7-3.15
    means   asyncio.sleep(): in a loop it is a poll for something that does not come
    by      asyncio.sleep
    stack   asyncio/tasks.py:{sleep,__sleep0}
    sample  asyncio/tasks.py:sleep < app/main.py:heartbeat

py.aio.tasks | future | wait | waits for other tasks or futures | CPython | 3.7-3.15
    means   asyncio.wait(), wait_for() or as_completed(): what it waits for is a task with a stack of its own, or a future that nobody sets
    by      asyncio.wait
    stack   asyncio/tasks.py:{_wait,wait_for,_wait_for_one,_cancel_and_wait}
    stack   asyncio/tasks.py:_wait < asyncio/tasks.py:wait
    sample  asyncio/tasks.py:_wait < asyncio/tasks.py:wait < app/main.py:main

py.aio.group | join | wait | waits for the tasks of a group | CPython | 3.11-3.15
    means   the end of "async with asyncio.TaskGroup()": a task of the group has not ended
    by      asyncio.TaskGroup
    stack   asyncio/taskgroups.py:{__aexit__,_aexit}
    stack   asyncio/taskgroups.py:_aexit < asyncio/taskgroups.py:__aexit__
    sample  asyncio/taskgroups.py:__aexit__ < app/main.py:main

py.aio.to-thread | future | wait | waits for a thread of the default executor | CPython | 3.9-3.15
    means   asyncio.to_thread(): the thread's own stack says what it does, or all threads of the pool are taken
    by      asyncio.to_thread
    stack   asyncio/threads.py:to_thread
    sample  asyncio/threads.py:to_thread < app/main.py:main

py.aio.executor-end | join | wait | waits for the threads of the default executor to end | CPython | 3.9-3.15
    means   asyncio.run() at its end: a thread that to_thread() or run_in_executor() has started does not return
    by      asyncio.loop.shutdown_default_executor
    stack   asyncio/base_events.py:shutdown_default_executor
    sample  asyncio/base_events.py:shutdown_default_executor

py.aio.read | net-read | wait | waits for data of an asyncio stream | CPython | 3.7-3.15
    means   StreamReader.read(), readline(), readexactly(): the other side sends nothing
    by      asyncio.StreamReader.read
    stack   asyncio/streams.py:_wait_for_data << asyncio/streams.py:{read,readline,readuntil,readexactly,__anext__}
    stack   asyncio/selector_events.py:{sock_recv,sock_recv_into,sock_recvfrom,sock_recvfrom_into}
    sample  asyncio/streams.py:_wait_for_data < asyncio/streams.py:readuntil < asyncio/streams.py:readline < app/main.py:ask

py.aio.write | net-write | wait | waits until an asyncio stream takes more | CPython | 3.7-3.15
    means   StreamWriter.drain(): the other side does not read
    by      asyncio.StreamWriter.drain
    stack   asyncio/streams.py:_drain_helper < asyncio/streams.py:drain
    stack   asyncio/selector_events.py:{sock_sendall,sock_sendto}
    sample  asyncio/streams.py:_drain_helper < asyncio/streams.py:drain < app/main.py:answer

py.aio.connect | net-connect | wait | waits for a connection to be made (asyncio) | CPython | 3.7-3.15
    means   open_connection() and its like: no answer from the other side, or none to its TLS greeting
    by      asyncio.open_connection
    stack   asyncio/selector_events.py:{sock_connect,_sock_connect} << asyncio/base_events.py:create_connection
    stack   asyncio/base_events.py:_create_connection_transport < asyncio/base_events.py:create_connection
    stack   asyncio/selector_events.py:{sock_connect,_sock_connect}
    stack   asyncio/base_events.py:start_tls
    sample  asyncio/selector_events.py:sock_connect < asyncio/base_events.py:_connect_sock < asyncio/base_events.py:create_connection < asyncio/streams.py:open_connection < app/main.py:ask

py.aio.dns | net-dns | wait | waits for a name to be looked up (asyncio) | CPython | 3.7-3.15
    means   getaddrinfo() in a thread of the default executor
    by      asyncio.loop.getaddrinfo
    stack   asyncio/base_events.py:{getaddrinfo,getnameinfo}
    stack   asyncio/base_events.py:_ensure_resolved << asyncio/base_events.py:create_connection
    sample  asyncio/base_events.py:getaddrinfo < asyncio/base_events.py:_ensure_resolved < asyncio/base_events.py:create_connection < app/main.py:ask

py.aio.accept | net-accept | idle | asyncio server between connections | CPython | 3.7-3.15
    means   Server.serve_forever() until it is cancelled; each connection has a task of its own
    by      asyncio.Server.serve_forever
    stack   asyncio/base_events.py:serve_forever
    stack   asyncio/selector_events.py:sock_accept
    sample  asyncio/base_events.py:serve_forever < app/main.py:main

py.aio.server-close | join | wait | waits for the connections of an asyncio server to end | CPython | 3.12-3.15
    means   Server.wait_closed(), also at the end of "async with server": since 3.12 it waits until all connections are closed
    by      asyncio.Server.wait_closed
    stack   asyncio/base_events.py:wait_closed
    stack   asyncio/base_events.py:wait_closed < asyncio/events.py:__aexit__
    sample  asyncio/base_events.py:wait_closed < app/main.py:main

py.aio.stream-close | net-write | wait | waits for an asyncio stream to be closed | CPython | 3.7-3.15
    means   StreamWriter.wait_closed(): the other side does not answer to the end of a TLS connection, or does not read
    by      asyncio.StreamWriter.wait_closed
    stack   asyncio/streams.py:wait_closed
    sample  asyncio/streams.py:wait_closed < app/main.py:ask

py.aio.subprocess | subprocess | wait | waits for a child process (asyncio) | CPython | 3.7-3.15
    means   Process.wait() or communicate(): the child has not ended, or keeps its output open
    by      asyncio.subprocess.Process.wait
    stack   asyncio/base_subprocess.py:_wait < asyncio/subprocess.py:wait
    stack   asyncio/streams.py:_wait_for_data < asyncio/streams.py:read < asyncio/subprocess.py:_read_stream
    stack   asyncio/subprocess.py:{communicate,_feed_stdin}
    sample  asyncio/base_subprocess.py:_wait < asyncio/subprocess.py:wait < app/main.py:main

# Servers that run on it

py.uvicorn.main | loop | idle | uvicorn's main loop | uvicorn | 0.20-0.54
    means   wakes ten times a second to see whether it is to end
    stack   asyncio/tasks.py:sleep < uvicorn/server.py:main_loop
    sample  asyncio/tasks.py:sleep < uvicorn/server.py:main_loop < uvicorn/server.py:_serve < uvicorn/server.py:serve

py.uvicorn.lifespan | event | idle | uvicorn's lifespan task | uvicorn | 0.20-0.54
    means   waits for the end of the server
    stack   asyncio/queues.py:get < uvicorn/lifespan/on.py:receive
    sample  asyncio/queues.py:get < uvicorn/lifespan/on.py:receive < starlette/routing.py:lifespan

py.aiohttp.main | loop | idle | main task of aiohttp's run_app | aiohttp | 3.8-3.14
    means   sleeps until it is cancelled
    stack   asyncio/tasks.py:sleep < aiohttp/web.py:_run_app
    sample  asyncio/tasks.py:sleep < aiohttp/web.py:_run_app

py.aiohttp.keep-alive | net-read | idle | connection of aiohttp between requests | aiohttp | 3.8-3.14
    means   waits for the next request
    stack   aiohttp/web_protocol.py:start
    sample  aiohttp/web_protocol.py:start
`;
