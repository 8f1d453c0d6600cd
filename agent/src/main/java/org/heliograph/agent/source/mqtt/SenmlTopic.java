package org.heliograph.agent.source.mqtt;

import java.util.Optional;
import org.heliograph.telemetry.reading.DeviceId;

/** The topics that devices publish SenML on: {@code hg/{site}/{device}/senml}. */
final class SenmlTopic {
    private SenmlTopic() {}

    static String filter(String site) {
        return "hg/" + site + "/+/senml";
    }

    /** Who speaks on a topic; empty when it is none of ours. */
    static Optional<DeviceId> device(String topic) {
        String[] levels = topic.split("/", -1);
        return levels.length == 4
                        && levels[0].equals("hg")
                        && levels[3].equals("senml")
                        && DeviceId.isName(levels[1])
                        && DeviceId.isName(levels[2])
                ? Optional.of(new DeviceId(levels[1], levels[2]))
                : Optional.empty();
    }
}
