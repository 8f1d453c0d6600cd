package org.heliograph.agent.source.mqtt;

import java.util.Optional;
import org.heliograph.telemetry.reading.DeviceId;

/** The topics that devices publish SenML on: {@code hg/{site}/{device}/senml}. */
final class SenmlTopic {
    private static final String BEGINNING = "hg/";
    private static final String END = "/senml";

    private SenmlTopic() {}

    static String filter(String site) {
        return BEGINNING + site + "/+" + END;
    }

    /** Who speaks on a topic; empty when it is none of ours. */
    static Optional<DeviceId> device(String topic) {
        if (!topic.startsWith(BEGINNING) || !topic.endsWith(END)) {
            return Optional.empty();
        }
        int slash = topic.indexOf('/', BEGINNING.length());
        int end = topic.length() - END.length();
        if (slash < 0 || slash >= end) {
            return Optional.empty();
        }
        String site = topic.substring(BEGINNING.length(), slash);
        String device = topic.substring(slash + 1, end);
        return DeviceId.isName(site) && DeviceId.isName(device)
                ? Optional.of(new DeviceId(site, device))
                : Optional.empty();
    }
}
