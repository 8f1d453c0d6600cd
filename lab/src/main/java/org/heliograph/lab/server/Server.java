package org.heliograph.lab.server;

/** A server in a process of its own, which ends with it. */
public abstract class Server implements AutoCloseable {
    private final ServerProcess process;

    Server(ServerProcess process) {
        this.process = process;
    }

    public final long pid() {
        return process.pid();
    }

    public final boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it as a crash would (SIGKILL). */
    public final void kill() {
        process.kill();
    }

    /** Starts it again on its ports, with its data as far as it keeps any; stops it before, if it still runs. */
    public final void restart() {
        process.restart();
    }

    @Override
    public void close() {
        process.close();
    }
}
