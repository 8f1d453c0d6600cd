package org.heliograph.agent.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.heliograph.agent.payload.json.Pointer;
import org.heliograph.agent.payload.json.Rule;
import org.heliograph.telemetry.reading.Point;

/** What a broker's part of the configuration may say, and seldom means. */
final class BrokerDoubts {
    private static final String ANY = "+";

    private BrokerDoubts() {}

    /** Sentences that begin with a field. */
    static List<String> of(AgentConfig.Mqtt broker, String site) {
        List<String> doubts = new ArrayList<>();
        if (broker.rules().stream().anyMatch(Rule::lacksZone)) {
            doubts.add("mappings: local times without a zone are no times: give the mapping its zone");
        }
        doubts.addAll(saidTwice(broker.rules()));
        if (broker.rules().isEmpty() && broker.sparkplug() == null) {
            for (int i = 0; i < broker.topics().size(); i++) {
                if (!bringsSenml(broker.topics().get(i), site)) {
                    doubts.add("topics[" + i + "]: '" + broker.topics().get(i) + "' brings no SenML of this site, whose"
                            + " topics are hg/" + site + "/{device}/senml");
                }
            }
        }
        if (broker.login() != null && broker.isInTheClear()) {
            doubts.add("password: goes over the network for everyone to read; make the url ssl://");
        }
        return doubts;
    }

    /** A line was copied, and still has the other's device: two meters would be one, whose counter jumps to and fro. */
    private static List<String> saidTwice(List<Rule> rules) {
        record Place(String topic, String device, Point point) {}
        Map<Place, Pointer> places = new HashMap<>();
        Set<Place> told = new HashSet<>();
        List<String> doubts = new ArrayList<>();
        for (Rule rule : rules) {
            if (!rule.device().names().isEmpty() || rule.condition() != null || rule.optional()) {
                continue; // of these only some messages have what a rule names
            }
            for (Rule.MappedPoint mapped : rule.points()) {
                Place place = new Place(rule.topic().text(), rule.device().text(), mapped.point());
                Pointer other = places.put(place, mapped.at());
                if (other != null && told.add(place)) {
                    doubts.add("mappings: the " + mapped.point().label() + " of '" + place.device() + "' is both '"
                            + other + "' and '" + mapped.at() + "' of " + place.topic()
                            + ": should one of them be another device?");
                }
            }
        }
        return doubts;
    }

    private static boolean bringsSenml(String topic, String site) {
        List<String> ours = List.of("hg", site, ANY, "senml");
        String[] levels = TopicFilter.unshared(topic).split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            if (levels[i].equals("#")) {
                return true;
            }
            if (i >= ours.size()
                    || !(levels[i].equals(ANY) || ours.get(i).equals(ANY) || levels[i].equals(ours.get(i)))) {
                return false;
            }
        }
        return levels.length == ours.size();
    }
}
