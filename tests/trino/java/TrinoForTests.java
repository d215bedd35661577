/** Starts a Trino server in this process. Configuration: the file named by `-Dconfig`; argument: the version to report. */
public final class TrinoForTests {
    private TrinoForTests() {}

    public static void main(String[] arguments) {
        new io.trino.server.Server().start(arguments[0]);
    }
}
