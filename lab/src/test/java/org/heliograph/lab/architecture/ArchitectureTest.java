package org.heliograph.lab.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {
    private static final String ROOT = "org.heliograph";
    private static final String FIXTURE = "org.heliograph.lab.architecture.fixture";

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/jmh_generated/")) // JMH's, not ours
            .importPackages(ROOT);

    /** A small house in which each kind of rule is broken. */
    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(FIXTURE);

    static List<ArchRule> rules() {
        return new House(ROOT).rules();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void the_house_keeps(ArchRule rule) {
        rule.check(OURS);
    }

    @Test
    void there_is_something_to_keep_in_order() {
        assertThat(OURS).anyMatch(c -> c.getPackageName().equals(ROOT + ".telemetry.wire"));
        assertThat(OURS).noneMatch(c -> c.getName().endsWith("Test"));
        assertThat(House.PURE_CLASSES)
                .allSatisfy(name -> assertThat(OURS).anyMatch(c -> c.getName().equals(ROOT + "." + name)));
    }

    /** What a rule says and the class that breaks it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a source knows the intake | agent.source.mqtt.SiblingSource",
                "without agent.source.coap only Main | agent.source.mqtt.SiblingSource",
                "the journal keeps bytes | agent.journal.ChattyJournal",
                "only the uplink's Kafka class | agent.uplink.Pump",
                "a configuration is read through Section | agent.config.YamlReader",
                "messages are for the edge | agent.config.YamlReader",
                "are clocks or threads | streams.energy.Meter",
                "for chance or for the environment | streams.energy.Meter",
                "any package ['java.io..' | streams.rollup.Window",
                "to their left on a reading's walk | streams.energy.MeterHelper",
                "named for what it is in the domain | streams.energy.MeterHelper",
                "the lab is not shipped | streams.page.LivePage",
                "a stranger may hold open | streams.page.LivePage",
                "no store or page is called inside it | streams.topology.Engine",
                "over the network, as real ones do | sim.plant.Sun",
                "null is checked in all of it | agent.source.coap",
                "a class has one logger | agent.journal.ChattyJournal",
            })
    void a_house_that_breaks_a_rule_is_told(String rule, String culprit) {
        assertThat(violations(rule)).anyMatch(violation -> violation.contains(FIXTURE + "." + culprit));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "only the uplink's Kafka class | KafkaUplink",
                "null is checked in all of it | Bench",
                "without agent.source.coap only Main | .Endpoint.<init>",
                "the lab is not shipped | Sun",
            })
    void who_keeps_the_rule_is_not(String rule, String innocent) {
        assertThat(violations(rule)).isNotEmpty().noneMatch(violation -> violation.contains(innocent));
    }

    private static List<String> violations(String rule) {
        return new House(FIXTURE)
                .rules().stream()
                        .filter(candidate -> candidate.getDescription().contains(rule))
                        .map(candidate -> candidate.evaluate(BROKEN))
                        .map(EvaluationResult::getFailureReport)
                        .flatMap(report -> report.getDetails().stream())
                        .toList();
    }
}
