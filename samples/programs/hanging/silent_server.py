"""Asks a server that accepts and never answers; the client has no time limit."""
import faulthandler
import socket
import threading


def serve(listener, connections):
    while True:
        connections.append(listener.accept()[0])


def ask(address, question):
    with socket.create_connection(address) as connection:
        connection.sendall(question)
        return connection.recv(1024)  # hangs here


def main():
    # the program's own use of faulthandler changes nothing
    faulthandler.enable()
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, []), daemon=True).start()
    print("asking", flush=True)
    print(ask(listener.getsockname(), b"price?"))


main()
