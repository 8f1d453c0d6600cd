package org.heliograph.lab.server;

import java.nio.file.Path;
import java.util.List;

/** Debian's InfluxDB 1.6.7: {@code /write} and InfluxQL, no v2 interface. */
public final class InfluxDb extends Server {
    private final int port;
    private final InfluxQl client;

    private InfluxDb(int port, ServerProcess process, InfluxQl client) {
        super(process);
        this.port = port;
        this.client = client;
    }

    /** Whether this machine has it. */
    public static boolean available() {
        return Program.find("influxd").isPresent();
    }

    /**
     * Starts a server and returns when it answers.
     *
     * @throws ServerException if it doesn't, or isn't installed
     */
    public static InfluxDb start(Path folder) {
        return start(folder, false);
    }

    /** One that does nothing for who isn't a user of it; asked here by its administrator. */
    public static InfluxDb startWithUsers(Path folder) {
        InfluxDb server = start(folder, true);
        server.query("", "CREATE USER admin WITH PASSWORD 'admin' WITH ALL PRIVILEGES");
        return server;
    }

    @SuppressWarnings("resource") // the client is closed with the server
    private static InfluxDb start(Path folder, boolean hasUsers) {
        Path home = ServerProcess.folder(folder);
        int port = FreePort.find();
        Path settings =
                ServerProcess.write(home.resolve("influxdb.conf"), settings(home, port, FreePort.find(), hasUsers));
        InfluxQl client = new InfluxQl("http://127.0.0.1:" + port, "", hasUsers ? "/query?u=admin&p=admin" : "/query");
        ServerProcess process = ServerProcess.program(
                "InfluxDB",
                home,
                List.of(Program.require("influxd").toString(), "run", "-config", settings.toString()),
                client::answers);
        return new InfluxDb(port, process, client);
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The rows of an InfluxQL statement (see {@link InfluxQl#query}). */
    public List<Row> query(String database, String influxql) {
        return influxql().query(database, influxql);
    }

    /** Its query interface. */
    public InfluxQl influxql() {
        return client;
    }

    @Override
    public void close() {
        super.close();
        client.close();
    }

    private static String settings(Path home, int port, int rpcPort, boolean hasUsers) {
        return """
                reporting-disabled = true
                bind-address = "127.0.0.1:%2$d"
                [meta]
                  dir = "%3$s/meta"
                [data]
                  dir = "%3$s/data"
                  wal-dir = "%3$s/wal"
                  query-log-enabled = false
                  # what a query may return is the test's business
                  max-series-per-database = 0
                  max-values-per-tag = 0
                [coordinator]
                  write-timeout = "30s"
                [monitor]
                  store-enabled = false
                [http]
                  enabled = true
                  bind-address = "127.0.0.1:%1$d"
                  auth-enabled = %4$b
                  log-enabled = false
                  max-body-size = 0
                [continuous_queries]
                  enabled = false
                [logging]
                  level = "warn"
                """.formatted(port, rpcPort, home, hasUsers);
    }
}
