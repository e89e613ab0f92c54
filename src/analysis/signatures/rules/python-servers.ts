/** Signatures; how to write one: `parseSignatures`. */
export const PYTHON_SERVERS = String.raw`
# Green threads and other loops

py.gevent.hub | loop | idle | gevent hub | gevent | gevent 22.10, 25.9
    means   gevent hub waiting in C. Greenlets are NOT in a thread dump: same advice as for asyncio tasks
    stack   gevent/hub.py:run
    sample  gevent/hub.py:run

py.gevent.tp-idle | queue | idle | gevent pool thread | gevent | 22.10, 25.9
    means   gevent native thread pool
    stack   gevent/_threading.py:acquire_with_timeout << gevent/threadpool.py:run
    sample  gevent/_threading.py:acquire_with_timeout < gevent/_threading.py:wait < gevent/_threading.py:get < gevent/threadpool.py:run

py.gevent.tp-busy | unknown | busy | gevent pool thread inside a C function | gevent | 22.10, 25.9
    means   pool job is a C function
    stack   gevent/threadpool.py:__run_task < gevent/threadpool.py:run
    sample  gevent/threadpool.py:__run_task < gevent/threadpool.py:run

py.eventlet.hub | loop | idle | eventlet hub | eventlet | 0.33
    means   eventlet hub (with descriptors / timers only)
    stack   eventlet/hubs/{epolls,poll,selects,kqueue}.py:do_poll << eventlet/hubs/hub.py:run
    stack   eventlet/hubs/{poll,selects,kqueue}.py:wait < eventlet/hubs/hub.py:run
    sample  eventlet/hubs/poll.py:wait < eventlet/hubs/hub.py:run

py.eventlet.tpool-idle | queue | idle | eventlet pool thread | eventlet | 0.33
    means   20 tpool threads
    stack   threading.py:wait < queue.py:get < eventlet/tpool.py:tworker
    sample  threading.py:wait < queue.py:get < eventlet/tpool.py:tworker

py.tornado.ioloop | loop | idle | tornado loop | tornado | <5
    means   tornado before 5.0; from 5.0 it is the asyncio rule, with tornado/platform/asyncio.py:start below
    stack   tornado/platform/{epoll,kqueue,select}.py:poll < tornado/ioloop.py:start
    stack   tornado/ioloop.py:start
    sample  tornado/platform/epoll.py:poll < tornado/ioloop.py:start

py.tornado.selector-thread | loop | idle | tornado selector thread | tornado | ≥6.1
    means   Windows selector helper thread
    stack   tornado/platform/asyncio.py:_run_select
    sample  tornado/platform/asyncio.py:_run_select

py.twisted.reactor | loop | idle | twisted reactor | twisted | 22.4, 26.4
    means   reactor asleep (asyncioreactor: the asyncio rule)
    stack   twisted/internet/{epollreactor,pollreactor}.py:doPoll
    stack   twisted/internet/selectreactor.py:{doSelect,_select}
    stack   twisted/internet/kqreactor.py:doKEvent
    stack   twisted/internet/iocpreactor/reactor.py:doIteration
    sample  twisted/internet/pollreactor.py:doPoll < twisted/internet/base.py:mainLoop < twisted/internet/base.py:run

py.twisted.tp-idle | queue | idle | twisted pool thread | twisted | 22.4, 26.4
    means   reactor thread pool
    stack   threading.py:wait < queue.py:get < twisted/_threads/_threadworker.py:work
    sample  threading.py:wait < queue.py:get < twisted/_threads/_threadworker.py:work

py.twisted.blocking-call | future | wait | waits for the twisted reactor | twisted | 22.4
    means   thread waits on the reactor thread
    stack   threading.py:wait < queue.py:get < twisted/internet/threads.py:blockingCallFromThread
    sample  threading.py:wait < queue.py:get < twisted/internet/threads.py:blockingCallFromThread < app/main.py:<module>

py.trio.loop | loop | idle | trio loop | trio | 0.22, 0.34
    means   trio asleep
    stack   trio/_core/{_io_epoll,_io_kqueue,_io_windows}.py:get_events < trio/_core/_run.py:{run,unrolled_run}
    sample  trio/_core/_io_epoll.py:get_events < trio/_core/_run.py:run < app/main.py:<module>

py.trio.cache-thread | queue | idle | trio worker thread | trio | 0.22, 0.34
    means   cached worker thread without a job
    stack   trio/_core/_thread_cache.py:_work
    sample  trio/_core/_thread_cache.py:_work

py.anyio.worker | queue | idle | anyio worker thread | anyio | 3.x, 4.x (public traces)
    means   to_thread worker (Starlette/FastAPI sync endpoints)
    stack   threading.py:wait < queue.py:get < anyio/_backends/_asyncio.py:run
    sample  threading.py:wait < queue.py:get < anyio/_backends/_asyncio.py:run

# Web servers

py.gunicorn.master | signal | idle | gunicorn master | gunicorn | 20.1 (sleep), 26 (wait_for_signals)
    means   arbiter between heartbeats
    stack   gunicorn/arbiter.py:{sleep,wait_for_signals} < gunicorn/arbiter.py:run
    sample  gunicorn/arbiter.py:sleep < gunicorn/arbiter.py:run < gunicorn/app/base.py:run < gunicorn/app/base.py:run

py.gunicorn.sync | net-accept | idle | gunicorn sync worker | gunicorn | 20.1, 26
    means   sync worker without a request
    stack   gunicorn/workers/sync.py:wait
    sample  gunicorn/workers/sync.py:wait < gunicorn/workers/sync.py:run_for_one < gunicorn/workers/sync.py:run

py.gunicorn.gthread | net-accept | idle | gunicorn gthread acceptor | gunicorn | 20.1, 26
    means   gthread acceptor; its pool threads are py.tpe.idle
    stack   selectors.py:select < gunicorn/workers/gthread.py:{run,wait_for_and_dispatch_events}
    sample  selectors.py:select < gunicorn/workers/gthread.py:run < gunicorn/workers/base.py:init_process < gunicorn/workers/gthread.py:init_process

py.gunicorn.asgi | loop | idle | gunicorn ASGI worker | gunicorn | 26
    means   ASGI worker under uvloop
    stack   gunicorn/workers/gasgi.py:run
    sample  gunicorn/workers/gasgi.py:run < gunicorn/workers/base.py:init_process < gunicorn/workers/gasgi.py:init_process

py.uvicorn.multiprocess | timer | idle | uvicorn supervisor | uvicorn | 0.17, 0.53
    means   --workers parent and the pong thread of each child
    stack   threading.py:wait < threading.py:wait < uvicorn/supervisors/multiprocess.py:run
    stack   uvicorn/supervisors/multiprocess.py:run
    stack   multiprocessing/connection.py:_recv << uvicorn/supervisors/multiprocess.py:always_pong
    sample  threading.py:wait < threading.py:wait < uvicorn/supervisors/multiprocess.py:run < uvicorn/main.py:run < uvicorn/main.py:main

py.uvicorn.reload | timer | idle | uvicorn reloader | uvicorn | 0.17, 0.53
    means   --reload parent
    stack   threading.py:wait < threading.py:wait < uvicorn/supervisors/basereload.py:{run,pause}
    stack   uvicorn/supervisors/watchfilesreload.py:should_restart
    stack   watchfiles/main.py:watch << uvicorn/supervisors/watchfilesreload.py:should_restart
    sample  threading.py:wait < threading.py:wait < uvicorn/supervisors/basereload.py:run < uvicorn/main.py:run < uvicorn/main.py:main

py.hypercorn.parent | join-process | idle | hypercorn parent | hypercorn | 0.17
    means   parent watching its children
    stack   selectors.py:select < multiprocessing/connection.py:wait < hypercorn/run.py:run
    sample  selectors.py:select < multiprocessing/connection.py:wait < hypercorn/run.py:run < hypercorn/__main__.py:main < hypercorn/__main__.py:<module>

py.waitress | net-accept | idle | waitress server thread | waitress | 2.1, 3.0
    means   handler threads / main loop
    stack   threading.py:wait < waitress/task.py:handler_thread
    stack   waitress/wasyncore.py:{poll,poll2}
    sample  threading.py:wait < waitress/task.py:handler_thread

py.cheroot | net-accept | idle | cheroot server thread | cheroot | 9, 11
    means   CherryPy/cheroot workers, acceptor, overload thread
    stack   threading.py:wait < queue.py:get < cheroot/workers/threadpool.py:{run,_process_connections_until_interrupted}
    stack   selectors.py:select < cheroot/connections.py:select
    stack   threading.py:wait < queue.py:get < cheroot/server.py:_serve_unservicable
    sample  threading.py:wait < queue.py:get < cheroot/workers/threadpool.py:run

py.django.autoreload | timer | idle | django autoreloader | django | 3.2, 5.2
    means   runserver: child's watcher (main thread!) and the parent; requests run in Thread-N
    stack   django/utils/autoreload.py:tick
    stack   threading.py:wait << django/utils/autoreload.py:run_loop
    stack   subprocess.py:_try_wait << django/utils/autoreload.py:restart_with_reloader
    sample  django/utils/autoreload.py:tick < django/utils/autoreload.py:run_loop < django/utils/autoreload.py:run

py.werkzeug.reload | timer | idle | werkzeug reloader | werkzeug | 2.2, 3.x
    means   Flask/werkzeug reloader child and parent
    stack   werkzeug/_reloader.py:run
    stack   threading.py:wait < threading.py:wait < werkzeug/_reloader.py:run
    stack   subprocess.py:_try_wait << werkzeug/_reloader.py:restart_with_reloader
    sample  werkzeug/_reloader.py:run < werkzeug/_reloader.py:run_with_reloader < werkzeug/serving.py:run_simple

py.asyncore | loop | idle | asyncore loop | CPython | ≤3.11
    means   asyncore/smtpd servers
    stack   asyncore.py:{poll,poll2} < asyncore.py:loop
    sample  asyncore.py:poll2 < asyncore.py:loop

# Task queues and schedulers

py.celery.main | loop | idle | celery worker's main loop | celery | 5.2, 5.6
    means   worker parent: broker event loop asleep (prefork, solo, threads)
    stack   kombu/utils/eventio.py:poll << celery/worker/loops.py:asynloop
    sample  kombu/utils/eventio.py:poll < kombu/asynchronous/hub.py:create_loop < celery/worker/loops.py:asynloop < celery/worker/consumer/consumer.py:start < celery/bootsteps.py:start

py.celery.main-sync | net-read | idle | celery worker's main loop | celery | 5.x
    means   transports without an async loop
    stack   socket.py:* << celery/worker/loops.py:synloop
    stack   *:* < kombu/transport/virtual/base.py:drain_events << celery/worker/loops.py:synloop
    sample  socket.py:readinto < kombu/transport/virtual/base.py:drain_events < kombu/connection.py:drain_events < celery/worker/loops.py:synloop

py.celery.prefork-idle | ipc | idle | celery pool process | celery | 5.2, 5.6
    means   prefork child between tasks; any application frame above celery/app/trace.py:trace_task = a task is running
    stack   billiard/connection.py:_recv << billiard/pool.py:workloop
    stack   billiard/synchronize.py:__enter__ << billiard/pool.py:workloop
    sample  billiard/connection.py:_recv < billiard/connection.py:_recv_bytes < billiard/connection.py:recv_bytes < billiard/queues.py:get_payload < billiard/pool.py:_recv < billiard/pool.py:receive < billiard/pool.py:workloop < billiard/pool.py:__call__

py.celery.pool-threads | ipc | idle | celery pool's service thread | celery | billiard 3.6, 4.2
    means   billiard ResultHandler / TaskHandler / TimeoutHandler / Supervisor
    stack   *:* << billiard/pool.py:body
    sample  billiard/pool.py:_process_result < billiard/pool.py:body

py.celery.beat | sleep | idle | celery beat | celery | 5.2, 5.6
    means   beat between ticks
    stack   celery/beat.py:start
    stack   threading.py:wait << celery/beat.py:start
    sample  celery/beat.py:start < celery/apps/beat.py:start_scheduler < celery/apps/beat.py:run

py.celery.timer | timer | idle | celery timer | celery | 5.x
    means   timer2 thread
    stack   *:* < kombu/asynchronous/timer.py:* << celery/utils/timer2.py:run
    stack   threading.py:wait << celery/utils/timer2.py:run
    stack   celery/utils/timer2.py:run
    sample  threading.py:wait < threading.py:wait < celery/utils/timer2.py:run

py.rq.main-idle | net-read | idle | rq worker | rq | 1.13, 2.12
    means   rq worker: BLPOP on its queues
    stack   redis/*:_read_from_socket << rq/queue.py:lpop
    sample  redis/connection.py:_read_from_socket < redis/connection.py:readline < redis/connection.py:read_response < redis/connection.py:read_response < redis/client.py:parse_response < redis/client.py:_send_command_parse_response < redis/client.py:<lambda> < redis/retry.py:call_with_retry < redis/client.py:execute_command < redis/commands/core.py:blpop < rq/queue.py:lpop < rq/queue.py:dequeue_any < rq/worker.py:dequeue_job_and_maintain_ttl

py.rq.horse | join-process | wait | waits for the rq work horse | rq | 1.13, 2.12
    means   rq parent waits for the work horse: the job is in the child
    stack   *:wait_for_horse << rq/worker*
    sample  rq/worker.py:wait_for_horse < rq/worker.py:monitor_work_horse < rq/worker.py:fork_work_horse

py.dramatiq.worker | queue | idle | dramatiq worker | dramatiq | 1.x
    means   dramatiq worker thread
    stack   threading.py:wait < queue.py:get < dramatiq/worker.py:run
    sample  threading.py:wait < queue.py:get < dramatiq/worker.py:run

py.huey | timer | idle | huey consumer | huey | 2.x
    means   huey scheduler / worker / main
    stack   huey/consumer.py:{sleep,loop,run}
    stack   threading.py:wait << huey/consumer.py:{run,start}
    sample  huey/consumer.py:sleep < huey/consumer.py:loop < huey/consumer.py:run

py.apscheduler | timer | idle | APScheduler | apscheduler | 3.9, 3.11
    means   BlockingScheduler / BackgroundScheduler
    stack   threading.py:wait < threading.py:wait < apscheduler/schedulers/blocking.py:_main_loop
    sample  threading.py:wait < threading.py:wait < apscheduler/schedulers/blocking.py:_main_loop

py.xdist.controller | queue | idle-waits-on-children | pytest-xdist controller | pytest-xdist | 2.5-3.x, 3.8
    means   xdist controller: the hang is in a worker process; a report holding only this dump must say so
    stack   threading.py:wait < queue.py:get < xdist/dsession.py:loop_once
    sample  threading.py:wait < queue.py:get < xdist/dsession.py:loop_once < xdist/dsession.py:pytest_runtestloop < pluggy/_callers.py:_multicall

py.xdist.worker-main | queue | idle | pytest-xdist worker's main thread | pytest-xdist | execnet 1.9, 2.1
    means   xdist worker main when tests run on another thread or are done
    stack   threading.py:wait < threading.py:wait < execnet/gateway_base.py:integrate_as_primary_thread
    sample  threading.py:wait < threading.py:wait < execnet/gateway_base.py:integrate_as_primary_thread < execnet/gateway_base.py:serve < execnet/gateway_base.py:serve

py.xdist.worker-between | queue | idle | pytest-xdist worker between tests | pytest-xdist | 3.x
    means   worker asking for its next test (no test frame above pytest_pyfunc_call)
    stack   *:* << xdist/remote.py:{run_one_test,pytest_runtestloop}
    sample  threading.py:wait < threading.py:wait < xdist/remote.py:run_one_test < xdist/remote.py:pytest_runtestloop

py.execnet.receiver | ipc | idle | execnet receiver | execnet | 1.9, 2.1
    means   execnet receiver thread, one per gateway
    stack   execnet/gateway_base.py:read < execnet/gateway_base.py:from_io < execnet/gateway_base.py:_thread_receiver
    sample  execnet/gateway_base.py:read < execnet/gateway_base.py:from_io < execnet/gateway_base.py:_thread_receiver < execnet/gateway_base.py:run < execnet/gateway_base.py:_perform_spawn
`;
