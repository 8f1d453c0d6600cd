package org.heliograph.lab.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.heliograph.agent.config.AgentConfig.Protocol;
import org.heliograph.agent.source.mqtt.MqttSource;
import org.heliograph.lab.server.Mosquitto;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Mosquitto that grants less than it is asked for. */
class MqttGrantIT {
    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    static void requireMosquitto() {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_broker_without_QoS_1_is_told_of_each_topic(Protocol protocol) throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"), "max_qos 0\n");
                MqttSource source = connected(mosquitto, protocol)) {
            assertThat(source.refusals())
                    .containsExactly(
                            "the broker grants hg/casa1/+/senml at QoS 0 only: what it can't deliver at once is lost",
                            "the broker grants secret/# at QoS 0 only: what it can't deliver at once is lost");
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_topic_that_its_rules_refuse_is_told_and_the_others_are_read(Protocol protocol) throws Exception {
        Optional<Path> plugin = dynamicSecurity();
        assumeTrue(plugin.isPresent(), "mosquitto's dynamic security isn't installed");
        Path rules = Files.writeString(folder.resolve("rules.json"), """
                {"defaultACLAccess": {"publishClientSend": true, "publishClientReceive": true, "subscribe": true,
                   "unsubscribe": true},
                 "roles": [{"rolename": "agents", "acls": [
                   {"acltype": "subscribePattern", "topic": "secret/#", "priority": 0, "allow": false}]}],
                 "groups": [{"groupname": "all", "roles": [{"rolename": "agents"}]}],
                 "clients": [], "anonymousGroup": "all"}
                """);
        String settings = "plugin " + plugin.get() + "\nplugin_opt_config_file " + rules + "\n";
        RecordingIntake intake = new RecordingIntake();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"), settings);
                Publisher device = new Publisher(mosquitto.uri(), "util-1");
                MqttSource source = connected(mosquitto, protocol, intake)) {
            assertThat(source.refusals()).containsExactly("the broker refuses the subscription of secret/#");
            device.publish("hg/casa1/util-1/senml", "[{\"n\":\"power\",\"u\":\"W\",\"v\":1}]");
            intake.awaitReadings("what is granted", all -> all.size() == 1);
        }
    }

    private static Optional<Path> dynamicSecurity() throws IOException {
        try (var found =
                Files.find(Path.of("/usr/lib"), 2, (file, _) -> file.endsWith("mosquitto_dynamic_security.so"))) {
            return found.findFirst();
        }
    }

    private MqttSource connected(Mosquitto mosquitto, Protocol protocol) throws Exception {
        return connected(mosquitto, protocol, new RecordingIntake());
    }

    private MqttSource connected(Mosquitto mosquitto, Protocol protocol, RecordingIntake intake) throws Exception {
        MqttSource source = MqttAgent.start(
                MqttAgent.config(folder, mosquitto.uri(), protocol, "topics: [hg/casa1/+/senml, \"secret/#\"]"),
                intake);
        RecordingIntake.await("the broker", () -> source.unconnected().isEmpty());
        return source;
    }
}
