/** Signatures; how to write one: `parseSignatures`. */
export const PYTHON_CLIENTS = String.raw`
# Message brokers, databases, RPC

py.redis.pubsub-thread | net-read | idle | redis pub/sub thread | redis | 4.3, 6.4
    means   run_in_thread() pubsub worker
    stack   redis/*:_read_from_socket << redis/client.py:run
    sample  redis/connection.py:_read_from_socket < redis/connection.py:can_read < redis/connection.py:can_read < redis/connection.py:can_read < redis/client.py:<lambda> < redis/retry.py:call_with_retry < redis/client.py:_execute < redis/client.py:parse_response < redis/client.py:get_message < redis/client.py:run

py.redis.consumer | net-read | idle-blocking-read | redis consumer | redis | 4.3, 6.4
    means   blocking pop / subscribe: idle by design; shown as "consumer waiting for a message"
    stack   redis/*:_read_from_socket << redis/client.py:{listen,get_message}
    stack   redis/*:_read_from_socket << redis/commands/core.py:{blpop,brpop,brpoplpush,blmove,xread,xreadgroup,bzpopmin,bzpopmax}
    sample  redis/connection.py:_read_from_socket < redis/connection.py:readline < redis/connection.py:read_response < redis/connection.py:read_response < redis/client.py:<lambda> < redis/retry.py:call_with_retry < redis/client.py:_execute < redis/client.py:parse_response < redis/client.py:listen < app/main.py:<module>

py.redis.command | net-read | wait | waits for an answer of redis | redis | 4.3 (connection.py), ≥5 (_parsers/socket.py)
    means   any other redis command, or the connect-time health check: the server does not answer
    stack   redis/*:_read_from_socket
    sample  redis/connection.py:_read_from_socket < redis/connection.py:readline < redis/connection.py:read_response

py.redis.lock | lock-remote | wait | waits for a redis lock | redis | 4.3, 6.4
    means   distributed lock held elsewhere (sleep loop)
    stack   redis/lock.py:acquire
    sample  redis/lock.py:acquire < app/main.py:<module>

py.kafka.producer | net-read | idle | kafka producer's sender | kafka-python | 2.0; newer module layout from source
    means   kafka-python sender thread
    stack   selectors.py:select < kafka/client_async.py:_poll << kafka/producer/sender.py:run
    stack   selectors.py:select < kafka/net/backend/selector.py:_poll_once
    sample  selectors.py:select < kafka/client_async.py:_poll < kafka/client_async.py:poll < kafka/producer/sender.py:run_once < kafka/producer/sender.py:run

py.kafka.poll | select | wait | polls kafka for records | kafka-python | 2.0
    means   a consumer without records and one without a broker look the same; KafkaConsumer.poll has a timeout and is called again and again
    by      kafka.KafkaConsumer.poll
    stack   selectors.py:select < kafka/client_async.py:_poll << kafka/consumer/group.py:poll
    sample  selectors.py:select < kafka/client_async.py:_poll < kafka/client_async.py:poll < kafka/consumer/group.py:_poll_once < kafka/consumer/group.py:poll < app/main.py:<module>

py.kafka.heartbeat | net-read | idle | kafka heartbeat thread | kafka-python | 2.0
    means   the heartbeat thread of a consumer group
    stack   selectors.py:select < kafka/client_async.py:_poll << kafka/coordinator/base.py:run
    sample  selectors.py:select < kafka/client_async.py:_poll < kafka/client_async.py:poll < kafka/coordinator/base.py:run

py.pika.consumer | net-read | idle-blocking-read | RabbitMQ consumer | pika | 1.2, 1.4
    means   RabbitMQ consumer waiting for deliveries
    stack   pika/adapters/select_connection.py:poll << pika/adapters/blocking_connection.py:{start_consuming,process_data_events,consume}
    sample  pika/adapters/select_connection.py:poll < pika/adapters/blocking_connection.py:_flush_output < pika/adapters/blocking_connection.py:process_data_events < pika/adapters/blocking_connection.py:start_consuming

py.pika.connect | net-connect | wait | connects to RabbitMQ | pika | 1.4
    means   broker does not complete the handshake
    stack   pika/adapters/select_connection.py:poll << pika/adapters/blocking_connection.py:_create_connection
    sample  pika/adapters/select_connection.py:poll < pika/adapters/select_connection.py:poll < pika/adapters/blocking_connection.py:_create_connection < pika/adapters/blocking_connection.py:__init__ < app/main.py:<module>

py.kombu.consumer | net-read | idle-blocking-read | kombu consumer | kombu | 5.x
    means   kombu ConsumerMixin
    stack   *:* << kombu/mixins.py:consume
    stack   *:* << kombu/connection.py:drain_events
    sample  socket.py:readinto < kombu/connection.py:drain_events < kombu/mixins.py:consume < kombu/mixins.py:run

py.paho | net-read | idle | MQTT network thread | paho-mqtt | 1.6, 2.1
    means   MQTT network thread
    stack   paho/mqtt/client.py:_loop < paho/mqtt/client.py:loop_forever
    sample  paho/mqtt/client.py:_loop < paho/mqtt/client.py:loop_forever < paho/mqtt/client.py:_thread_main

py.pymongo.periodic | timer | idle | pymongo housekeeping thread | pymongo | 3.11, 4.x
    means   monitor / kill-cursors threads between runs
    stack   pymongo/periodic_executor.py:_run
    sample  pymongo/periodic_executor.py:_run

py.pymongo.monitor | net-read | idle | pymongo monitor | pymongo | 3.11, 4.x
    means   server monitor in its streaming hello
    stack   pymongo/*:* << pymongo/monitor.py:_run << pymongo/periodic_executor.py:_run
    stack   socket.py:* << pymongo/monitor.py:_run
    stack   *:* << pymongo/monitor.py:_check_server
    stack   *:* << pymongo/synchronous/monitor.py:_run
    sample  pymongo/socket_checker.py:select < pymongo/network.py:wait_for_read < pymongo/network.py:_receive_data_on_socket < pymongo/network.py:receive_message < pymongo/network.py:command < pymongo/pool.py:command < pymongo/pool.py:_ismaster < pymongo/monitor.py:_check_with_socket < pymongo/monitor.py:_check_once < pymongo/monitor.py:_check_server < pymongo/monitor.py:_run < pymongo/monitor.py:target < pymongo/periodic_executor.py:_run

py.pymongo.no-server | net-connect | wait | waits for a MongoDB server | pymongo | 3.11, 4.x
    means   no suitable server: the database is unreachable
    stack   threading.py:wait << pymongo/topology.py:_select_servers_loop
    stack   threading.py:wait << pymongo/synchronous/topology.py:_select_servers_loop
    sample  threading.py:wait < pymongo/topology.py:_select_servers_loop < pymongo/topology.py:select_servers < pymongo/topology.py:select_server

py.pymongo.read | net-read | wait | waits for an answer of MongoDB | pymongo | 3.11, 4.x
    means   query sent, no answer
    stack   pymongo/{network,network_layer}.py:*
    stack   pymongo/socket_checker.py:select
    sample  pymongo/network.py:receive_message < pymongo/pool.py:receive_message

py.cassandra.loop | loop | idle | cassandra driver's loop | cassandra | 3.25
    means   driver's event thread
    stack   cassandra/io/{libevreactor,asyncorereactor,asyncioreactor}.py:{_run_loop,_run}
    sample  cassandra/io/libevreactor.py:_run_loop

py.psycopg3 | db | wait | waits for an answer of PostgreSQL | psycopg | 3.x
    means   connect or query without an answer
    stack   *:* < psycopg/waiting.py:*
    stack   psycopg/waiting.py:*
    sample  selectors.py:select < psycopg/waiting.py:wait_conn < psycopg/connection.py:connect < app/main.py:<module>

py.psycopg2 | db | wait | waits for an answer of PostgreSQL | psycopg2 | 2.9
    means   C call; queries leave only the caller's frame
    stack   psycopg2/__init__.py:connect
    stack   psycopg2/extras.py:{wait_select,execute}
    sample  psycopg2/__init__.py:connect < app/main.py:<module>

py.psycopg-pool.worker | queue | idle | psycopg_pool housekeeping thread | psycopg_pool | 3.x
    means   pool workers and scheduler
    stack   threading.py:wait < queue.py:get << psycopg_pool/pool.py:worker
    stack   threading.py:wait << psycopg_pool/sched.py:run
    sample  threading.py:wait < threading.py:wait < psycopg_pool/sched.py:run

py.psycopg-pool.exhausted | pool-exhausted | wait | waits for a connection of an exhausted psycopg_pool | psycopg_pool | 3.x
    means   every connection is checked out (or none can be made)
    stack   threading.py:wait < psycopg_pool/pool.py:wait << psycopg_pool/pool.py:getconn
    sample  threading.py:wait < psycopg_pool/pool.py:wait < psycopg_pool/pool.py:_getconn_unchecked < psycopg_pool/pool.py:_getconn_with_check_loop < psycopg_pool/pool.py:getconn < app/main.py:<module>

py.sqlalchemy.exhausted | pool-exhausted | wait | waits for a connection of an exhausted SQLAlchemy pool | sqlalchemy | 1.4, 2.0
    means   QueuePool: connection leak or long transactions; name the threads that hold sessions
    stack   threading.py:wait < sqlalchemy/util/queue.py:get < sqlalchemy/pool/impl.py:_do_get
    sample  threading.py:wait < sqlalchemy/util/queue.py:get < sqlalchemy/pool/impl.py:_do_get < sqlalchemy/pool/base.py:checkout < sqlalchemy/pool/base.py:_checkout

py.urllib3.exhausted | pool-exhausted | wait | waits for a connection of an exhausted urllib3 pool | urllib3 | 1.26, 2.x
    means   block=True pool without a free connection
    stack   threading.py:wait < queue.py:get < urllib3/connectionpool.py:_get_conn
    sample  threading.py:wait < queue.py:get < urllib3/connectionpool.py:_get_conn < urllib3/connectionpool.py:urlopen < urllib3/poolmanager.py:urlopen

py.pymysql | db | wait | waits for an answer of MySQL | pymysql | 1.0, 1.1
    means   MySQL server does not answer
    stack   *:* < pymysql/connections.py:_read_bytes
    sample  socket.py:readinto < pymysql/connections.py:_read_bytes < pymysql/connections.py:_read_packet < pymysql/connections.py:_get_server_information

py.httpcore | net-read | wait | waits for an HTTP response | httpcore | 0.16, 1.0
    means   httpx: response awaited
    stack   httpcore/{backends,_backends}/sync.py:read
    sample  httpcore/backends/sync.py:read < httpcore/_sync/http11.py:_receive_event < httpcore/_sync/http11.py:_receive_response_headers

py.websocket | net-read | wait | reads from a websocket | websocket-client | 1.2, 1.8
    means   websocket-client read; idle under run_forever dispatcher
    stack   websocket/_socket.py:{_recv,recv}
    sample  websocket/_socket.py:_recv < websocket/_socket.py:recv < websocket/_socket.py:recv_line

py.websocket.run | net-read | idle-blocking-read | websocket client | websocket-client | 1.x
    means   WebSocketApp waiting for frames
    stack   websocket/_socket.py:* << websocket/_app.py:run_forever
    stack   selectors.py:select < websocket/_app.py:read
    stack   selectors.py:select << websocket/_dispatcher.py:read
    sample  selectors.py:select < websocket/_app.py:read < websocket/_app.py:run_forever

py.paramiko.transport | net-read | idle | SSH transport thread | paramiko | 2.12, 4.0
    means   SSH transport thread
    stack   paramiko/packet.py:{_read_timeout,read_all} << paramiko/transport.py:run
    sample  paramiko/packet.py:read_all < paramiko/packet.py:read_message < paramiko/transport.py:run

py.paramiko.wait | net-read | wait | waits for an SSH peer | paramiko | 2.12, 4.0
    means   waits for the SSH peer
    stack   threading.py:wait << paramiko/{transport,auth_handler,channel,client}.py:{start_client,wait_for_response,_wait_for_event,recv_exit_status,open_channel}
    sample  threading.py:wait < threading.py:wait < paramiko/transport.py:start_client < app/main.py:<module>

py.pexpect | subprocess | wait | waits for output of a child process | pexpect | 4.8
    means   expects output of a child
    stack   pexpect/utils.py:{select_ignore_interrupts,poll_ignore_interrupts}
    sample  pexpect/utils.py:select_ignore_interrupts < pexpect/pty_spawn.py:select < pexpect/pty_spawn.py:read_nonblocking

py.filelock | lock-file | wait | waits for a file lock | filelock | 3.9
    means   file lock held by another process (sleep loop)
    stack   filelock/_api.py:acquire
    sample  filelock/_api.py:acquire < filelock/_api.py:__enter__ < app/main.py:main

py.zmq.poll | net-read | wait | polls zmq sockets | zmq | 24, 27
    means   zmq poller called by application code
    stack   zmq/sugar/poll.py:poll
    sample  zmq/sugar/poll.py:poll < app/main.py:<module>

py.zmq.device | net-read | idle | zmq proxy | zmq | 24, 27
    means   zmq device / proxy thread
    stack   zmq/devices/basedevice.py:run_device
    stack   zmq/sugar/__init__.py:device
    sample  zmq/devices/basedevice.py:run_device < zmq/devices/basedevice.py:run

py.grpc.server | net-accept | idle | gRPC server | grpc | 1.51 and newer
    means   completion queue poller
    stack   grpc/_server.py:_serve
    sample  grpc/_server.py:_serve

py.grpc.server-main | event | idle | gRPC server's main thread | grpc | 1.51 and newer
    means   main thread parked in wait_for_termination()
    stack   threading.py:wait << grpc/_server.py:wait_for_termination
    sample  threading.py:wait < threading.py:wait < grpc/_common.py:_wait_once < grpc/_common.py:wait < grpc/_server.py:wait_for_termination < app/main.py:<module>

py.grpc.client-poller | net-read | idle | gRPC channel poller | grpc | 1.51 and newer
    means   channel poller threads
    stack   grpc/_channel.py:{_poll_connectivity,channel_spin}
    sample  grpc/_channel.py:channel_spin

py.grpc.stream | net-read | wait | reads a gRPC stream | grpc | 1.51 and newer
    means   waits for the next message of a stream, which may come at any time
    stack   threading.py:wait << grpc/_channel.py:{_next,__next__}
    sample  threading.py:wait < grpc/_common.py:_wait_once < grpc/_common.py:wait < grpc/_channel.py:_next < grpc/_channel.py:__next__ < app/main.py:main

py.grpc.client-call | net-rpc | wait | waits for an answer of a gRPC server | grpc | 1.51 and newer
    means   unary call / stream without an answer; no deadline set
    stack   grpc/_channel.py:_blocking
    stack   threading.py:wait << grpc/_channel.py:result
    sample  grpc/_channel.py:_blocking < grpc/_channel.py:__call__ < app/main.py:<module>

# Files, notebooks, observability, data

py.watchdog.inotify | file-watch | idle | watchdog observer | watchdog | 2.2, 6.0
    means   emitter and buffer threads (fsevents.py on macOS, from a public trace)
    stack   watchdog/observers/inotify_c.py:{read_events,do_poll,run}
    stack   watchdog/observers/fsevents.py:run
    stack   threading.py:wait < watchdog/utils/delayed_queue.py:get
    sample  watchdog/observers/inotify_c.py:read_events < watchdog/observers/inotify_buffer.py:run

py.watchdog.dispatch | queue | idle | watchdog dispatcher | watchdog | 2.2, 6.0
    means   observer dispatcher
    stack   threading.py:wait < queue.py:get < watchdog/observers/api.py:dispatch_events
    sample  threading.py:wait < queue.py:get < watchdog/observers/api.py:dispatch_events < watchdog/observers/api.py:run

py.watchdog.polling | timer | idle | watchdog polling observer | watchdog | 2.2, 6.0
    means   PollingObserver
    stack   threading.py:wait < threading.py:wait < watchdog/observers/polling.py:queue_events
    sample  threading.py:wait < threading.py:wait < watchdog/observers/polling.py:queue_events < watchdog/observers/api.py:run

py.pyinotify | file-watch | idle | pyinotify notifier | pyinotify | 0.9
    means   ThreadedNotifier
    stack   pyinotify.py:check_events
    sample  pyinotify.py:check_events < pyinotify.py:loop < pyinotify.py:run

py.ipykernel | net-read | idle | ipykernel service thread | ipykernel | 6.17, 7.2
    means   iostream, heartbeat, history saver (other kernel threads are the asyncio rule)
    stack   ipykernel/iostream.py:_watch_pipe_fd
    stack   ipykernel/heartbeat.py:run
    stack   ipykernel/parentpoller.py:run
    stack   zmq/sugar/__init__.py:device < ipykernel/heartbeat.py:run
    stack   threading.py:wait << IPython/core/history.py:run
    sample  ipykernel/heartbeat.py:run

py.jupyter-client.call | net-rpc | wait | waits for an answer of a kernel | jupyter_client | 7.4, 8.x
    means   a blocking call of the client: the kernel does not answer
    stack   selectors.py:select < nest_asyncio.py:_run_once << jupyter_client/utils.py:wrapped
    stack   selectors.py:select < asyncio/base_events.py:_run_once << jupyter_client/utils.py:wrapped
    stack   selectors.py:select < asyncio/base_events.py:_run_once << jupyter_core/utils/__init__.py:wrapped
    sample  selectors.py:select < nest_asyncio.py:_run_once < nest_asyncio.py:run_until_complete < jupyter_client/utils.py:wrapped < app/main.py:<module>

py.jupyter-client.channel | timer | idle | jupyter client channel | jupyter_client | 7.4, 8.x
    means   heartbeat channel; nest_asyncio loop
    stack   threading.py:wait < threading.py:wait < jupyter_client/channels.py:_async_run
    stack   selectors.py:select < nest_asyncio.py:_run_once
    sample  threading.py:wait < threading.py:wait < jupyter_client/channels.py:_async_run < asyncio/tasks.py:__step < nest_asyncio.py:step

py.tqdm.lock | lock | wait | waits for tqdm's lock | tqdm | public trace
    means   tqdm's global write lock; one public dump has 62 such threads, folded by hand
    stack   tqdm/std.py:acquire < tqdm/std.py:__enter__
    sample  tqdm/std.py:acquire < tqdm/std.py:__enter__ < tqdm/std.py:__new__

py.tqdm | timer | idle | tqdm monitor | tqdm | 4.x
    means   tqdm monitor
    stack   threading.py:wait < threading.py:wait < tqdm/_monitor.py:run
    sample  threading.py:wait < threading.py:wait < tqdm/_monitor.py:run

py.sentry | queue | idle | sentry worker | sentry-sdk | 1.9, 2.x
    means   transport, batcher, monitor, session and profiler threads
    stack   threading.py:wait << sentry_sdk/worker.py:_target
    stack   *:* << sentry_sdk/{_batcher,monitor,sessions,metrics}.py:{_flush_loop,_thread}
    stack   threading.py:wait << sentry_sdk/profiler/*
    stack   sentry_sdk/profiler/*:run
    sample  threading.py:wait < sentry_sdk/_queue.py:get < sentry_sdk/worker.py:_target

py.otel | timer | idle | OpenTelemetry worker | opentelemetry | 1.x
    means   batch processors, metric reader
    stack   threading.py:wait << opentelemetry/sdk/_shared_internal/__init__.py:worker
    stack   threading.py:wait << opentelemetry/sdk/metrics/_internal/export/__init__.py:_ticker
    stack   threading.py:wait << opentelemetry/sdk/trace/export/__init__.py:worker
    sample  threading.py:wait < threading.py:wait < opentelemetry/sdk/_shared_internal/__init__.py:worker

py.newrelic | timer | idle | New Relic agent | newrelic | all
    means   harvest loop
    stack   threading.py:wait << newrelic/core/agent.py:_harvest_loop
    stack   newrelic/core/agent.py:_harvest_loop
    sample  threading.py:wait < threading.py:wait < newrelic/core/agent.py:_harvest_loop

py.debugpy | net-read | idle | debugpy service thread | debugpy | 1.6, 1.8
    means   debug adapter's reader, writer, check-alive threads
    stack   threading.py:wait << pydevd.py:_on_run
    stack   pydevd_comm.py:_read_line << pydevd_comm.py:_on_run
    stack   threading.py:wait < queue.py:get < pydevd_comm.py:_on_run
    stack   threading.py:wait << pydevd_timeout.py:_on_run
    sample  threading.py:wait < threading.py:wait < debugpy/_vendored/pydevd/pydevd.py:_on_run < debugpy/_vendored/pydevd/_pydevd_bundle/pydevd_daemon_thread.py:run

py.debugpy.attach | debugger | wait | waits for a debugger to attach | debugpy | 1.6
    means   wait_for_client(): no debugger attached
    stack   threading.py:wait << pydevd.py:block_until_configuration_done
    sample  threading.py:wait < threading.py:wait < debugpy/_vendored/pydevd/pydevd.py:block_until_configuration_done < debugpy/_vendored/pydevd/pydevd.py:_wait_for_attach < debugpy/server/api.py:__call__

py.debugpy.suspended | debugger | wait | stopped at a breakpoint | debugpy | 1.x
    means   stopped at a breakpoint
    stack   *:* << pydevd.py:{do_wait_suspend,_do_wait_suspend}
    sample  threading.py:wait < threading.py:wait < pydevd.py:_do_wait_suspend < pydevd.py:do_wait_suspend

py.dask.infra | ipc | idle | dask service thread | distributed | 2022.12, 2026
    means   worker threads, profiler, nanny and process watchers
    stack   distributed/profile.py:_watch
    stack   distributed/threadpoolexecutor.py:_worker
    stack   threading.py:wait < queue.py:get < distributed/threadpoolexecutor.py:_worker
    stack   threading.py:wait < queue.py:get < distributed/process.py:_watch_message_queue
    stack   multiprocessing/popen_fork.py:poll << distributed/process.py:_watch_process
    stack   multiprocessing/connection.py:_recv << distributed/process.py:monitor_parent
    stack   multiprocessing/connection.py:_recv << distributed/nanny.py:watch_stop_q
    sample  distributed/profile.py:_watch

py.dask.client | net-rpc | wait | waits for the dask cluster | distributed | 2022.12, 2026
    means   client waits on the cluster: look at scheduler and workers
    stack   threading.py:wait < threading.py:wait < distributed/utils.py:wait < distributed/utils.py:sync
    sample  threading.py:wait < threading.py:wait < distributed/utils.py:wait < distributed/utils.py:sync < distributed/utils.py:sync < distributed/client.py:result

py.ray.worker-idle | ipc | idle | ray worker | ray | 2.x (public traces)
    means   idle Ray worker process
    stack   ray/_private/worker.py:main_loop
    sample  ray/_private/worker.py:main_loop < ray/_private/workers/default_worker.py:<module>

py.ray.get | net-rpc | wait | waits for a ray object | ray | 2.x
    means   ray.get: an object that is never produced
    stack   ray/_private/worker.py:get_objects << ray/_private/worker.py:get
    sample  ray/_private/worker.py:get_objects < ray/_private/worker.py:get < app/main.py:main

py.ray.threads | net-read | idle | ray driver's service thread | ray | 2.x
    means   driver's log / error listeners
    stack   *:* << ray/_private/worker.py:{print_logs,listen_error_messages}
    stack   *:* << ray/_private/import_thread.py:_run
    stack   threading.py:wait << ray/_private/log_monitor.py:run
    sample  threading.py:wait < ray/_private/worker.py:print_logs

py.torch.loader-worker | ipc | idle | DataLoader worker | torch | 1.x-2.x
    means   DataLoader child waiting for an index
    stack   *:* << multiprocessing/queues.py:get < torch/utils/data/_utils/worker.py:{_worker_loop,_base_worker_loop}
    sample  selectors.py:select < multiprocessing/connection.py:wait < multiprocessing/connection.py:_poll < multiprocessing/connection.py:poll < multiprocessing/queues.py:get < torch/utils/data/_utils/worker.py:_worker_loop

py.torch.pin | ipc | idle | DataLoader pin-memory thread | torch | 1.13-2.x
    means   pin-memory thread
    stack   *:* << torch/utils/data/_utils/pin_memory.py:_pin_memory_loop
    sample  selectors.py:select < multiprocessing/connection.py:wait < multiprocessing/queues.py:get < torch/utils/data/_utils/pin_memory.py:do_one_step < torch/utils/data/_utils/pin_memory.py:_pin_memory_loop

py.torch.loader-main | ipc | wait | waits for a DataLoader | torch | 1.x-2.x
    means   training loop starves for data: look at the DataLoader children
    stack   *:* << torch/utils/data/dataloader.py:{_try_get_data,_get_data}
    sample  selectors.py:select < multiprocessing/connection.py:wait < multiprocessing/queues.py:get < torch/utils/data/dataloader.py:_try_get_data < torch/utils/data/dataloader.py:_get_data

py.torch.collective | collective | wait | waits in a collective operation | torch | 1.x-2.x
    means   rank waits for the others: the culprit is the rank that is somewhere else
    stack   torch/distributed/distributed_c10d.py:{barrier,all_reduce,all_gather,broadcast,recv,wait,monitored_barrier,all_gather_into_tensor,reduce_scatter_tensor}
    stack   torch/distributed/c10d_logger.py:wrapper
    sample  torch/distributed/distributed_c10d.py:barrier < app/main.py:main

py.wandb | ipc | idle | wandb service thread | wandb | 0.13-0.2x
    means   run status and router threads
    stack   *:* << wandb/sdk/wandb_run.py:{_loop_check_status,check_stop_status,check_network_status}
    stack   *:* << wandb/sdk/interface/router.py:message_loop
    stack   *:* << wandb/sdk/lib/sock_client.py:_read_packet_bytes
    sample  threading.py:wait < wandb/sdk/wandb_run.py:_loop_check_status < wandb/sdk/wandb_run.py:check_stop_status

py.torch.inductor-pool | ipc | idle | torch inductor's reader | torch | 2.x (public trace)
    means   compile worker's reader thread
    stack   torch/_inductor/compile_worker/subproc_pool.py:_recv_msg < torch/_inductor/compile_worker/subproc_pool.py:_read_thread
    sample  torch/_inductor/compile_worker/subproc_pool.py:_recv_msg < torch/_inductor/compile_worker/subproc_pool.py:_read_thread

py.sglang.watchdog | sleep | idle | SGLang watchdog | sglang | public trace
    means   scheduler watchdog
    stack   sglang/srt/managers/scheduler.py:watchdog_thread
    sample  sglang/srt/managers/scheduler.py:watchdog_thread

py.rerunfailures | net-accept | idle | pytest-rerunfailures server | pytest-rerunfailures | public trace
    means   pytest-rerunfailures' status server
    stack   socket.py:accept < pytest_rerunfailures.py:run_server
    sample  socket.py:accept < pytest_rerunfailures.py:run_server

py.prompt-toolkit | input | idle | prompt that waits for a key | prompt_toolkit | public trace
    means   prompt waiting for a key (Windows)
    stack   prompt_toolkit/eventloop/win32.py:wait_for_handles
    sample  prompt_toolkit/eventloop/win32.py:wait_for_handles

py.peewee.sqliteq | queue | idle | peewee SqliteQueue writer | peewee | public trace
    means   SqliteQueueDatabase writer
    stack   threading.py:wait < queue.py:get < playhouse/sqliteq.py:loop
    sample  threading.py:wait < queue.py:get < playhouse/sqliteq.py:loop

py.langsmith | queue | idle | langsmith tracing thread | langsmith | public trace
    means   tracing thread; inside request_with_retries it is background and waits for the network
    stack   threading.py:wait < queue.py:get << langsmith/_internal/_background_thread.py:tracing_control_thread_func
    sample  threading.py:wait < queue.py:get < langsmith/_internal/_background_thread.py:_tracing_thread_drain_queue < langsmith/_internal/_background_thread.py:tracing_control_thread_func
`;
