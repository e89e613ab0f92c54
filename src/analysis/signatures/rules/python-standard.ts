/** Signatures; how to write one: `parseSignatures`. */
export const PYTHON_STANDARD = String.raw`
# Standard library: threads, queues, executors

py.tpe.idle | queue | idle | worker of ThreadPoolExecutor | CPython | 3.6-3.15
    means   ThreadPoolExecutor worker parked on its work queue; the queue read is C, so _worker itself is the top frame (3.6: through queue.get)
    by      concurrent.futures.ThreadPoolExecutor
    stack   concurrent/futures/thread.py:_worker
    stack   threading.py:wait < queue.py:get < concurrent/futures/thread.py:_worker
    sample  concurrent/futures/thread.py:_worker

py.tpe.busy-c | unknown | busy | worker of ThreadPoolExecutor inside a C function | CPython | 3.6-3.15 (3.14+: two run frames)
    means   run on top = the submitted callable is a C function (time.sleep, a lock's acquire, zlib...): the thread works or waits inside it, it is NOT idle
    stack   concurrent/futures/thread.py:run << concurrent/futures/thread.py:_worker
    sample  concurrent/futures/thread.py:run < concurrent/futures/thread.py:_worker

py.thread.c-target | unknown | busy | thread whose target is a C function | CPython | all
    means   run on top = Thread(target=<C function>); could be sleep, accept, a Cython loop (grpc.aio poller)
    stack   threading.py:run < threading.py:_bootstrap_inner
    sample  threading.py:run < threading.py:_bootstrap_inner

py.tpe.shutdown | join | wait | waits for the workers of an executor to end | CPython | ≤3.12 first form, 3.13+ second
    means   with ThreadPoolExecutor() / shutdown(wait=True): waits for a worker; culprit = the executor worker that is not idle
    by      concurrent.futures.Executor.shutdown
    stack   threading.py:{_wait_for_tstate_lock,join} < threading.py:join < concurrent/futures/thread.py:shutdown
    stack   threading.py:join < concurrent/futures/thread.py:shutdown
    sample  threading.py:join < concurrent/futures/thread.py:shutdown < app/main.py:main

py.tpe.atexit | join | wait | interpreter exit waits for an executor's worker | CPython | 3.9-3.15
    means   interpreter exit blocked by an executor worker: the program is over, a worker is not
    stack   threading.py:{_wait_for_tstate_lock,join} << concurrent/futures/thread.py:_python_exit << threading.py:_shutdown
    sample  threading.py:join < concurrent/futures/thread.py:_python_exit < threading.py:<lambda> < threading.py:_shutdown

py.exit.non-daemon | join | wait | interpreter exit waits for a thread | CPython | 3.6-3.15
    means   interpreter exit blocked by a non-daemon thread; culprit = any other non-idle thread
    stack   threading.py:_shutdown
    stack   threading.py:_wait_for_tstate_lock < threading.py:_shutdown
    sample  threading.py:_shutdown

py.future.result | future | wait | waits for a future | CPython | all
    means   Future.result() (also exception, map, run_coroutine_threadsafe(...).result()): waits on a worker or on an event loop
    by      concurrent.futures.Future.result
    stack   threading.py:wait < concurrent/futures/_base.py:result
    sample  threading.py:wait < concurrent/futures/_base.py:result < app/main.py:<module>

py.future.map | future | wait | waits for a result of Executor.map | CPython | 3.10+ first, ≤3.9 second
    means   Executor.map consumer
    by      concurrent.futures.Executor.map
    stack   threading.py:wait < concurrent/futures/_base.py:result < concurrent/futures/_base.py:_result_or_cancel < concurrent/futures/_base.py:result_iterator
    stack   threading.py:wait < concurrent/futures/_base.py:result < concurrent/futures/_base.py:result_iterator
    sample  threading.py:wait < concurrent/futures/_base.py:result < concurrent/futures/_base.py:result_iterator < app/main.py:main

py.future.wait | future | wait | waits for several futures | CPython | all
    means   concurrent.futures.wait / as_completed
    by      concurrent.futures.wait
    stack   threading.py:wait < threading.py:wait < concurrent/futures/_base.py:{wait,as_completed}
    sample  threading.py:wait < threading.py:wait < concurrent/futures/_base.py:wait < app/main.py:main

py.queue.get | queue | wait | waits for an item of a queue | CPython | all
    means   application consumer. Idle only when a library frame of this table lies below, or when the user's idle rule says so; with a plain application frame below it stays visible: a rule that calls it idle hides the very hang people look for
    by      queue.Queue.get
    stack   threading.py:wait < queue.py:get
    sample  threading.py:wait < queue.py:get

py.queue.put | queue-full | wait | waits for room in a full queue | CPython | all
    means   bounded queue is full: back-pressure, look at the consumer
    by      queue.Queue.put
    stack   threading.py:wait < queue.py:put
    sample  threading.py:wait < queue.py:put < app/main.py:main

py.queue.join | queue-join | wait | waits until all items of a queue are done | CPython | all
    means   waits for task_done(); look at consumers
    by      queue.Queue.join
    stack   threading.py:wait < queue.py:join
    sample  threading.py:wait < queue.py:join < app/main.py:main

py.thread.join | join | wait | waits for a thread to end | CPython | ≤3.12 first, 3.13+ second
    means   Thread.join(); the culprit is another thread
    by      threading.Thread.join
    stack   threading.py:_wait_for_tstate_lock < threading.py:join
    stack   threading.py:join
    stack   threading.py:_join_os_thread < threading.py:join
    sample  threading.py:join < app/main.py:<module>

py.event.wait | event | wait | waits for an event | CPython | all
    means   Event.wait(); also Barrier (below)
    by      threading.Event.wait
    stack   threading.py:wait < threading.py:wait
    sample  threading.py:wait < threading.py:wait < app/main.py:main

py.cond.wait_for | condition | wait | waits for a condition | CPython | all
    means   Condition.wait_for()
    by      threading.Condition.wait_for
    stack   threading.py:wait < threading.py:wait_for
    sample  threading.py:wait < threading.py:wait_for < app/main.py:main

py.barrier.wait | barrier | wait | waits at a barrier | CPython | all
    means   Barrier.wait(): a party is missing
    by      threading.Barrier.wait
    stack   threading.py:wait < threading.py:wait_for < threading.py:_wait < threading.py:wait
    sample  threading.py:wait < threading.py:wait_for < threading.py:_wait < threading.py:wait < app/main.py:main

py.sem.acquire | semaphore | wait | waits for a semaphore | CPython | all
    means   Semaphore / BoundedSemaphore exhausted
    by      threading.Semaphore.acquire
    stack   threading.py:wait < threading.py:acquire
    stack   threading.py:wait < threading.py:__enter__
    sample  threading.py:wait < threading.py:acquire < app/main.py:main

py.cond.wait | condition | wait | waits for a condition | CPython | all
    means   Condition.wait() called by application code
    by      threading.Condition.wait
    stack   threading.py:wait
    sample  threading.py:wait < app/main.py:main

py.timer | timer | idle | timer thread | CPython | all
    means   threading.Timer before it fires; Thread(target=event.wait) looks the same
    by      threading.Event.wait
    stack   threading.py:wait < threading.py:wait < threading.py:run
    sample  threading.py:wait < threading.py:wait < threading.py:run

py.logging.queue-listener | queue | idle | logging queue listener | CPython | all
    means   QueueListener thread between records
    stack   threading.py:wait < queue.py:get < logging/handlers.py:dequeue
    sample  threading.py:wait < queue.py:get < logging/handlers.py:dequeue < logging/handlers.py:_monitor

py.logging.lock | lock | wait | waits for the lock of a logging handler | CPython | ≤3.12 first, 3.13+ second
    means   waits for a logging handler's lock: find the thread inside emit/flush of the same handler (slow stream, full pipe)
    by      logging.Handler.acquire
    stack   logging/__init__.py:acquire < logging/__init__.py:handle
    stack   logging/__init__.py:handle < logging/__init__.py:callHandlers
    sample  logging/__init__.py:handle < logging/__init__.py:callHandlers < logging/__init__.py:handle < logging/__init__.py:_log

py.sched.run | sleep | wait | scheduler between two events | CPython | all
    means   sched.scheduler.run, sleeping until the next event
    stack   sched.py:run
    sample  sched.py:run < app/main.py:main

py.signal.sigwait | signal | idle | waits for a signal | CPython | all
    means   waits for a signal by design
    stack   signal.py:{sigwait,sigtimedwait,pause}
    sample  signal.py:sigwait < app/main.py:main

# Standard library: imports, shutdown, debugger

py.import.lock | import-lock | wait | waits for another thread's import | CPython | all
    means   another thread is importing the same module: culprit = the thread that has <module> above _find_and_load
    stack   <frozen importlib._bootstrap>:acquire < <frozen importlib._bootstrap>:{_lock_unlock_module,__enter__}
    stack   <frozen importlib._bootstrap>:acquire < <frozen importlib._bootstrap>:_lock_unlock_module
    sample  <frozen importlib._bootstrap>:acquire < <frozen importlib._bootstrap>:_lock_unlock_module < app/main.py:main

py.import.running | import | wait | imports a module | CPython | all
    means   module body is executing (imports for a long time); the module is the first frame's file
    stack   *:<module> < <frozen importlib._bootstrap>:_call_with_frames_removed
    sample  app/main.py:<module> < <frozen importlib._bootstrap>:_call_with_frames_removed < <frozen importlib._bootstrap_external>:exec_module < <frozen importlib._bootstrap>:_load_unlocked

py.pdb.prompt | debugger | wait | stopped at a debugger's prompt | CPython | all
    means   stopped at a pdb prompt: a forgotten breakpoint()
    stack   cmd.py:cmdloop << pdb.py:interaction
    sample  cmd.py:cmdloop < pdb.py:_cmdloop < pdb.py:interaction < pdb.py:user_line < bdb.py:dispatch_opcode

# Standard library: subprocess, sockets, servers

py.subprocess.wait | subprocess | wait | waits for a child process | CPython | 3.6: no _wait; 3.15: _wait_pidfd for timed waits
    means   waits for a child to exit (wait, run, call)
    by      subprocess.Popen.wait
    stack   subprocess.py:_try_wait < subprocess.py:{_wait,wait}
    stack   subprocess.py:{_wait,wait,_wait_pidfd} < subprocess.py:{wait,_wait,_communicate}
    sample  subprocess.py:_try_wait < subprocess.py:wait < app/main.py:main

py.subprocess.pipe | subprocess | wait | reads the output of a child process | CPython | all
    means   communicate() reading a single pipe
    by      subprocess.Popen.communicate
    stack   subprocess.py:communicate < subprocess.py:{run,check_output}
    stack   subprocess.py:communicate
    sample  subprocess.py:communicate < subprocess.py:run < subprocess.py:check_output < app/main.py:main

py.subprocess.pipes | subprocess | wait | talks with a child process | CPython | ≤3.14 first, 3.15 second
    means   communicate() with two or three pipes; a grandchild that keeps the pipe open hangs it as well
    by      subprocess.Popen.communicate
    stack   selectors.py:select < subprocess.py:_communicate
    stack   selectors.py:select < subprocess.py:_communicate_io_posix
    sample  selectors.py:select < subprocess.py:_communicate < subprocess.py:communicate < subprocess.py:run

py.socket.accept | net-accept | wait | waits for a connection | CPython | all
    means   application accept loop; idle when a library frame says so
    stack   socket.py:accept
    sample  socket.py:accept < app/main.py:main

py.http.server-keepalive | net-read | idle | HTTP connection between requests | CPython | all
    means   http.server handler waiting for the next request of a keep-alive connection
    stack   socket.py:readinto < http/server.py:handle_one_request
    sample  socket.py:readinto < http/server.py:handle_one_request < http/server.py:handle < socketserver.py:__init__

py.http.client-response | net-read | wait | waits for an HTTP response | CPython | all
    means   request sent, peer has not answered (http.client, urllib, urllib3, requests, botocore); HTTPS puts two ssl.py frames on top
    stack   socket.py:readinto < http/client.py:_read_status << http/client.py:getresponse
    stack   ssl.py:read < ssl.py:recv_into < socket.py:readinto < http/client.py:_read_status << http/client.py:getresponse
    sample  socket.py:readinto < http/client.py:_read_status < http/client.py:begin < http/client.py:getresponse < app/main.py:main

py.http.client-body | net-read | wait | reads an HTTP response | CPython | all
    means   reading a response body
    stack   socket.py:readinto < http/client.py:{read,readinto,_read_next_chunk_size,_safe_read}
    sample  socket.py:readinto < http/client.py:read < app/main.py:main

py.socket.read | net-read | wait | reads from a socket | CPython | all
    means   makefile() reader
    stack   socket.py:readinto
    stack   ssl.py:read < ssl.py:recv_into < socket.py:readinto
    sample  socket.py:readinto < app/main.py:main

py.ssl.handshake | net-tls | wait | waits for a TLS handshake | CPython | all
    means   TLS handshake: peer accepted TCP and says nothing
    stack   ssl.py:do_handshake
    sample  ssl.py:do_handshake < ssl.py:_create < ssl.py:wrap_socket

py.ssl.read | net-read | wait | reads from a TLS socket | CPython | all
    means   TLS read
    stack   ssl.py:{read,recv,recv_into}
    sample  ssl.py:read < ssl.py:recv < app/main.py:main

py.dns | net-dns | wait | waits for name resolution | CPython | all
    means   name resolution
    stack   socket.py:getaddrinfo
    sample  socket.py:getaddrinfo < app/main.py:main

py.connect | net-connect | wait | connects to a peer | CPython | all
    means   TCP connect
    stack   socket.py:create_connection
    sample  socket.py:create_connection < app/main.py:main

py.re | cpu | busy | matches a regular expression | CPython | all
    means   inside a regular expression: when it stays, it backtracks without end
    stack   {re.py,re/__init__.py}:{match,search,fullmatch,sub,subn,split,findall}
    sample  re/__init__.py:match < app/main.py:main

py.select | select | wait | waits for a file descriptor | CPython | all
    means   bare selector used by application code
    stack   selectors.py:select
    sample  selectors.py:select < app/main.py:main

py.socketserver | net-accept | idle | socketserver between requests | CPython | all
    means   socketserver / http.server / wsgiref / prometheus_client / werkzeug / django runserver between requests
    stack   selectors.py:select < socketserver.py:serve_forever
    sample  selectors.py:select < socketserver.py:serve_forever

# asyncio and uvloop

py.asyncio.idle | loop | idle | asyncio event loop | CPython | 3.6-3.15 (Windows form from source)
    means   event loop asleep: nothing is ready. Tasks are invisible in a thread dump: an all-idle process that should be working points at a task that waits for ever (say so, suggest an asyncio task dump)
    stack   selectors.py:select < asyncio/base_events.py:_run_once
    stack   asyncio/windows_events.py:_poll < asyncio/windows_events.py:select < asyncio/base_events.py:_run_once
    sample  selectors.py:select < asyncio/base_events.py:_run_once < asyncio/base_events.py:run_forever

py.asyncio.blocked | loop-blocked | modifier | runs on the asyncio event loop | CPython | all
    means   any frame above events.py:_run = a callback or a coroutine step is executing on the loop; the same one in two dumps = the loop is BLOCKED: top culprit
    stack   .. asyncio/events.py:_run < asyncio/base_events.py:_run_once
    sample  app/main.py:main < asyncio/events.py:_run < asyncio/base_events.py:_run_once < asyncio/base_events.py:run_forever

py.uvloop.idle | loop | idle | uvloop event loop | uvloop | 3.11+
    means   uvloop runs in C, so runners.py:run is the top frame; blocked = application frames above it
    stack   asyncio/runners.py:run
    stack   uvloop/__init__.py:run
    sample  asyncio/runners.py:run < asyncio/runners.py:run < app/main.py:<module>

py.uvloop.idle-310 | loop | idle | uvicorn's event loop | uvicorn | 3.8-3.10
    means   uvloop under older Pythons / newer uvicorn
    stack   uvicorn/server.py:run
    stack   uvicorn/_compat.py:asyncio_run
    sample  uvicorn/server.py:run < uvicorn/main.py:run

py.asyncio.child-watcher | subprocess | idle | asyncio child watcher | CPython | 3.8-3.11 (3.12+: pidfd, no thread)
    means   ThreadedChildWatcher: one thread per live subprocess; the child is what to look at
    stack   asyncio/unix_events.py:_do_waitpid
    sample  asyncio/unix_events.py:_do_waitpid

# multiprocessing and process pools

py.mp.pool-worker-idle | ipc | idle | worker of multiprocessing.Pool | CPython | all
    means   Pool worker waiting for a task: exactly one holds the pipe (_recv), the others queue on the reader lock (synchronize.__enter__)
    stack   multiprocessing/connection.py:_recv < multiprocessing/connection.py:_recv_bytes < multiprocessing/connection.py:recv_bytes < multiprocessing/queues.py:get < multiprocessing/pool.py:worker
    stack   multiprocessing/synchronize.py:__enter__ < multiprocessing/queues.py:get < multiprocessing/pool.py:worker
    sample  multiprocessing/synchronize.py:__enter__ < multiprocessing/queues.py:get < multiprocessing/pool.py:worker

py.mp.tpool-worker-idle | queue | idle | worker of ThreadPool | CPython | all
    means   ThreadPool worker (SimpleQueue.get in C)
    stack   multiprocessing/pool.py:worker
    sample  multiprocessing/pool.py:worker

py.mp.pool-handlers | ipc | idle | service thread of multiprocessing.Pool | CPython | 3.8+ (older: _handle_workers sleeping)
    means   Pool's three service threads (workers, tasks, results)
    stack   selectors.py:select < multiprocessing/connection.py:wait < multiprocessing/pool.py:_wait_for_updates
    stack   multiprocessing/pool.py:_handle_tasks
    stack   multiprocessing/pool.py:_handle_results
    stack   multiprocessing/connection.py:_recv < multiprocessing/connection.py:_recv_bytes < multiprocessing/connection.py:recv < multiprocessing/pool.py:_handle_results
    stack   multiprocessing/pool.py:_handle_workers
    sample  multiprocessing/pool.py:_handle_tasks

py.mp.pool-result | future | wait | waits for a result of multiprocessing.Pool | CPython | all
    means   Pool.map/apply/AsyncResult.get: waits on the pool's children, so ask for their dumps
    by      multiprocessing.pool.AsyncResult.get
    stack   threading.py:wait < threading.py:wait < multiprocessing/pool.py:wait
    sample  threading.py:wait < threading.py:wait < multiprocessing/pool.py:wait < multiprocessing/pool.py:get < app/main.py:main

py.mp.feeder | queue | idle | feeder of a multiprocessing queue | CPython | all
    means   QueueFeederThread
    stack   threading.py:wait < multiprocessing/queues.py:_feed
    sample  threading.py:wait < multiprocessing/queues.py:_feed

py.mp.feeder-blocked | ipc-full | wait | feeder that cannot write to its queue's pipe | CPython | all
    means   feeder cannot write: nobody reads the queue; joining the process will hang
    stack   multiprocessing/connection.py:_send << multiprocessing/queues.py:_feed
    sample  multiprocessing/connection.py:_send < multiprocessing/connection.py:_send_bytes < multiprocessing/connection.py:send_bytes < multiprocessing/queues.py:_feed

py.mp.ppe-manager | ipc | idle | manager of ProcessPoolExecutor | CPython | 3.9+ first, ≤3.8 second
    means   ProcessPoolExecutor manager thread
    stack   selectors.py:select < multiprocessing/connection.py:wait < concurrent/futures/process.py:wait_result_broken_or_wakeup
    stack   selectors.py:select < multiprocessing/connection.py:wait < concurrent/futures/process.py:_queue_management_worker
    sample  selectors.py:select < multiprocessing/connection.py:wait < concurrent/futures/process.py:wait_result_broken_or_wakeup < concurrent/futures/process.py:run

py.mp.ppe-worker-idle | ipc | idle | worker of ProcessPoolExecutor | CPython | all
    means   ProcessPoolExecutor child between tasks
    stack   multiprocessing/connection.py:_recv < multiprocessing/connection.py:_recv_bytes < multiprocessing/connection.py:recv_bytes < multiprocessing/queues.py:get < concurrent/futures/process.py:_process_worker
    stack   multiprocessing/synchronize.py:__enter__ < multiprocessing/queues.py:get < concurrent/futures/process.py:_process_worker
    sample  multiprocessing/connection.py:_recv < multiprocessing/connection.py:_recv_bytes < multiprocessing/connection.py:recv_bytes < multiprocessing/queues.py:get < concurrent/futures/process.py:_process_worker

py.mp.queue-get | ipc | wait | waits for an item of a multiprocessing queue | CPython | all
    means   mp.Queue.get() by application code (untimed first, timed second)
    by      multiprocessing.Queue.get
    stack   multiprocessing/connection.py:_recv << multiprocessing/queues.py:get
    stack   selectors.py:select < multiprocessing/connection.py:wait < multiprocessing/connection.py:_poll < multiprocessing/connection.py:poll < multiprocessing/queues.py:get
    sample  multiprocessing/connection.py:_recv < multiprocessing/connection.py:_recv_bytes < multiprocessing/connection.py:recv_bytes < multiprocessing/queues.py:get < app/main.py:main

py.mp.pipe-recv | ipc | wait | waits for a message of a pipe | CPython | all
    means   Connection.recv()
    by      multiprocessing.Connection.recv
    stack   multiprocessing/connection.py:_recv << multiprocessing/connection.py:{recv,recv_bytes}
    sample  multiprocessing/connection.py:_recv < multiprocessing/connection.py:_recv_bytes < multiprocessing/connection.py:recv < app/main.py:main

py.mp.pipe-poll | ipc | wait | waits for a pipe | CPython | all
    means   Connection.poll() / connection.wait([...])
    by      multiprocessing.Connection.poll
    stack   selectors.py:select < multiprocessing/connection.py:wait
    sample  selectors.py:select < multiprocessing/connection.py:wait < app/main.py:main

py.mp.process-join | join-process | wait | waits for a process to end | CPython | fork/spawn first, forkserver second
    means   Process.join(); the culprit is the child
    by      multiprocessing.Process.join
    stack   multiprocessing/popen_fork.py:poll < multiprocessing/popen_fork.py:wait
    stack   selectors.py:select < multiprocessing/connection.py:wait < multiprocessing/popen_forkserver.py:poll
    sample  multiprocessing/popen_fork.py:poll < multiprocessing/popen_fork.py:wait < multiprocessing/process.py:join < app/main.py:<module>

py.mp.lock | lock | wait | waits for a multiprocessing lock | CPython | all
    means   mp.Lock / RLock / Semaphore
    by      multiprocessing.Lock.acquire
    stack   multiprocessing/synchronize.py:__enter__
    sample  multiprocessing/synchronize.py:__enter__ < app/main.py:main

py.mp.event | event | wait | waits for a multiprocessing event | CPython | all
    means   mp.Event / Condition / Barrier, JoinableQueue.join below
    by      multiprocessing.Event.wait
    stack   multiprocessing/synchronize.py:wait
    sample  multiprocessing/synchronize.py:wait < app/main.py:main

py.mp.listener | net-accept | wait | waits for a connection of a process | CPython | all
    means   Listener.accept()
    stack   socket.py:accept < multiprocessing/connection.py:accept
    sample  socket.py:accept < multiprocessing/connection.py:accept < multiprocessing/connection.py:accept < app/main.py:main

py.mp.manager-call | ipc | wait | waits for a manager process | CPython | all
    means   proxy call: the manager process does not answer (its handler thread holds the object)
    stack   multiprocessing/connection.py:_recv << multiprocessing/managers.py:_callmethod
    sample  multiprocessing/connection.py:_recv < multiprocessing/connection.py:_recv_bytes < multiprocessing/connection.py:recv < multiprocessing/managers.py:_callmethod < app/main.py:main

py.mp.manager-server | ipc | idle | multiprocessing manager | CPython | all
    means   manager server process: main, acceptor, per-client handlers between requests
    stack   threading.py:wait < threading.py:wait < multiprocessing/managers.py:serve_forever
    stack   socket.py:accept < multiprocessing/connection.py:accept < multiprocessing/connection.py:accept < multiprocessing/managers.py:accepter
    stack   multiprocessing/connection.py:_recv << multiprocessing/managers.py:serve_client
    sample  threading.py:wait < threading.py:wait < multiprocessing/managers.py:serve_forever < multiprocessing/managers.py:_run_server

py.mp.resource-tracker | ipc | idle | multiprocessing resource tracker | CPython | 3.8+ (3.6-3.7: semaphore_tracker)
    means   resource tracker process
    stack   multiprocessing/resource_tracker.py:main
    stack   joblib/externals/loky/backend/resource_tracker.py:main
    stack   multiprocessing/semaphore_tracker.py:main
    sample  multiprocessing/resource_tracker.py:main < app/main.py:<module>

py.mp.forkserver | ipc | idle | multiprocessing fork server | CPython | all
    means   fork server process
    stack   selectors.py:select < multiprocessing/forkserver.py:main
    sample  selectors.py:select < multiprocessing/forkserver.py:main < app/main.py:<module>

py.loky | ipc | idle | loky process pool | joblib | joblib 1.2, 1.5
    means   loky feeder, manager, idle children
    stack   threading.py:wait < joblib/externals/loky/backend/queues.py:_feed
    stack   selectors.py:select < multiprocessing/connection.py:wait < joblib/externals/loky/process_executor.py:wait_result_broken_or_wakeup
    stack   multiprocessing/connection.py:_recv << joblib/externals/loky/process_executor.py:_process_worker
    stack   multiprocessing/synchronize.py:__enter__ << joblib/externals/loky/process_executor.py:_process_worker
    sample  threading.py:wait < joblib/externals/loky/backend/queues.py:_feed

py.joblib.wait | future | wait | waits for results of joblib.Parallel | joblib | joblib ≤1.2 first, ≥1.3 second
    means   Parallel(...)() collecting results; 1.3+ polls with a sleep
    stack   threading.py:wait << joblib/parallel.py:retrieve
    stack   joblib/parallel.py:_retrieve
    sample  joblib/parallel.py:_retrieve < joblib/parallel.py:_get_outputs < joblib/parallel.py:__call__
`;
