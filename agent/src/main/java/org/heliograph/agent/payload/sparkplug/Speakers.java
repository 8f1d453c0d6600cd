package org.heliograph.agent.payload.sparkplug;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Presence;

/**
 * Who speaks for our devices. One name is one speaker's, the first one's until it dies: two devices of a name would be one.
 * Who has it is there; of anyone else, whose name it isn't or who says nothing of any point, nobody is told.
 */
final class Speakers {
    private final String site;
    private final SparkplugNames names;

    /** Our names of those that are there. */
    private final Map<String, String> speakerOf = new HashMap<>();

    /** Of those, whom nobody has heard since the connection was lost. */
    private final Set<String> unheard = new HashSet<>();

    Speakers(String site, SparkplugNames names) {
        this.site = site;
        this.names = names;
    }

    /** @throws Refusal if it has no name, or another has it */
    DeviceId claim(SparkplugTopic topic, Instant since, List<Outcome.Seen> seen) throws Refusal {
        String name = names.device(topic)
                .orElseThrow(() -> new Refusal(Refusal.quoted(topic.speaker())
                        + " has no device's name; give it one under 'devices' of sparkplug"));
        String first = speakerOf.putIfAbsent(name, topic.speaker());
        if (first != null && !first.equals(topic.speaker())) {
            throw new Refusal("'" + name + "' is " + first + " already; give " + topic.speaker()
                    + " another name under 'devices' of sparkplug");
        }
        DeviceId device = new DeviceId(site, name);
        if (first == null || unheard.remove(name)) {
            // else it is no news of who is there
            seen.add(new Outcome.Seen(device, Presence.online(since, "born")));
        }
        return device;
    }

    /** Who is there is to be told anew, even if nothing has changed meanwhile: it may be taken for silent by then. */
    void disconnected() {
        unheard.addAll(speakerOf.keySet());
    }

    /** A name whose speaker is gone is free: another gateway may have taken its place. */
    void release(SparkplugTopic topic, Presence offline, List<Outcome.Seen> seen) {
        names.device(topic)
                .filter(name -> speakerOf.remove(name, topic.speaker()))
                .ifPresent(name -> {
                    unheard.remove(name);
                    seen.add(new Outcome.Seen(new DeviceId(site, name), offline));
                });
    }

    /** A node is gone, with all of its devices. */
    void release(EdgeNodes.Known gone, Presence devices, Presence itself, List<Outcome.Seen> seen) {
        for (String device : gone.node().known()) {
            release(gone.topic().of(device), devices, seen);
        }
        release(gone.topic().of(""), itself, seen);
    }
}
