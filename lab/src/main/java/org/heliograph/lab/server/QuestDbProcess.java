package org.heliograph.lab.server;

import io.questdb.ServerMain;

/** The main class of {@link QuestDb}'s process. */
final class QuestDbProcess {
    private QuestDbProcess() {}

    @SuppressWarnings("resource") // runs until the lifeline closes it
    public static void main(String[] arguments) {
        Lifeline.start(() -> {
            ServerMain server = new ServerMain("-d", arguments[0]);
            Lifeline.watch(server);
            server.start();
        });
    }
}
