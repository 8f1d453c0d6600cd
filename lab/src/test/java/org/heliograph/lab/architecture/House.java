package org.heliograph.lab.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * Who may import whom, below a root package. Names of packages are relative to the root; a trailing {@code ..} means
 * with all below. Rules hold for packages that don't exist yet.
 */
final class House {
    private static final List<String> MODULES = List.of("telemetry", "agent", "streams", "sim", "lab");
    private static final String[] JDK = {"java..", "javax..", "com.sun.net.httpserver..", "org.jspecify.annotations.."};
    private static final String SLF4J = "org.slf4j..";
    private static final String KAFKA = "org.apache.kafka..";
    private static final String PROTOBUF = "com.google.protobuf..";
    private static final String JACKSON = "com.fasterxml.jackson..";
    private static final String PAHO = "org.eclipse.paho..";
    private static final String CALIFORNIUM = "org.eclipse.californium..";

    /** Packages that compute and do nothing else. */
    private static final String[] PURE = {
        "telemetry.quantity..",
        "telemetry.reading..",
        "streams.sample..",
        "streams.ingest..",
        "streams.energy..",
        "streams.site..",
        "streams.factor",
        "streams.indicator..",
        "streams.rollup..",
        "streams.gap..",
        "sim.plant..",
        "sim.ledger..",
        "sim.fault.."
    };

    /** Classes, with those inside them, that do so beside others that don't. */
    static final List<String> PURE_CLASSES = List.of(
            "agent.health.Silence",
            "agent.intake.time.Stamping",
            "agent.intake.time.Standing",
            "agent.journal.Room",
            "agent.payload.sparkplug.EdgeNode",
            "agent.payload.sparkplug.EdgeNodes",
            "agent.source.coap.Freshness",
            "streams.alert.Course",
            "streams.alert.Inventory",
            "streams.alert.Judge",
            "streams.alert.Observer",
            "streams.alert.Peers",
            "streams.alert.RecentLoss",
            "streams.alert.RollCall",
            "streams.alert.Rows",
            "streams.alert.Silences",
            "telemetry.site.Night",
            "telemetry.site.Sun");

    private static final Set<String> IMPURE = Set.of(
            "System.currentTimeMillis",
            "System.nanoTime",
            "System.getenv",
            "System.getProperty",
            "Math.random",
            "UUID.randomUUID");

    /** Packages that could be deleted, and only their module's Main would notice. */
    private static final List<String> ADAPTERS = List.of(
            "agent.source.mqtt",
            "agent.source.coap",
            "agent.source.board",
            "agent.uplink",
            "streams.topology",
            "streams.influx",
            "streams.page",
            "streams.alert",
            "streams.report",
            "sim.mqtt",
            "sim.coap");

    private final String root;

    House(String root) {
        this.root = root;
    }

    List<ArchRule> rules() {
        List<ArchRule> rules = new ArrayList<>();
        rules.addAll(ofTelemetry());
        rules.addAll(ofAgent());
        rules.addAll(ofStreams());
        rules.addAll(ofSimulatedDevices());
        rules.addAll(ofModules());
        rules.addAll(ofPurity());
        rules.addAll(ofLibraries());
        rules.addAll(ofStyle());
        ADAPTERS.forEach(adapter -> rules.add(onlyMainKnows(adapter)));
        return rules.stream().map(rule -> rule.allowEmptyShould(true)).toList();
    }

    private List<ArchRule> ofTelemetry() {
        String because = "whatever the shared words import, every program imports";
        return List.of(
                only("telemetry.quantity..", because),
                only("telemetry.reading..", because, "telemetry.quantity"),
                only("telemetry.yaml..", because, "org.snakeyaml.engine.."),
                only("telemetry.security..", because, "telemetry.yaml"),
                only(
                        "telemetry.kafka..",
                        "only what Kafka's clients ask for",
                        "telemetry.wire",
                        "telemetry.security",
                        "telemetry.yaml",
                        KAFKA),
                only("telemetry.site..", because, "telemetry.quantity", "telemetry.reading", "telemetry.yaml"),
                only("telemetry.wire..", because, "telemetry.quantity", "telemetry.reading", PROTOBUF));
    }

    private List<ArchRule> ofAgent() {
        String source = "a source knows the intake, the payloads and its one protocol, so that it can be deleted, or"
                + " another written, without touching its siblings";
        String[] around = {"agent.source", "agent.intake", "agent.payload..", "agent.config", "telemetry..", SLF4J};
        return List.of(
                only("agent.source.mqtt..", source, with(around, PAHO)),
                only("agent.source.coap..", source, with(around, CALIFORNIUM)),
                only("agent.source.board..", source, with(around, "com.pi4j..")),
                only("agent.source", source, "agent.intake", "agent.config", "telemetry.."),
                only(
                        "agent.payload..",
                        "a payload is decoded the same way whatever transport brought it",
                        "telemetry..",
                        JACKSON,
                        PROTOBUF),
                only(
                        "agent.intake..",
                        "a reading goes one way: source, intake, journal, uplink",
                        "agent.journal",
                        "telemetry..",
                        SLF4J),
                only(
                        "agent.journal..",
                        "the journal keeps bytes: neither their meaning nor their destination may endanger it",
                        "org.sqlite..",
                        SLF4J),
                only(
                        "agent.uplink..",
                        "the uplink carries the journal's bytes on, and nothing else of the agent",
                        "agent.journal",
                        "agent.config",
                        "telemetry",
                        "telemetry.kafka",
                        "telemetry.wire",
                        KAFKA,
                        SLF4J),
                only(
                        "agent.health..",
                        "who asks how the agent is must not be able to hold a reading up: it is told, and tells",
                        "agent.source",
                        "agent.intake",
                        "agent.config",
                        "telemetry..",
                        JACKSON,
                        SLF4J),
                only(
                        "agent.config..",
                        "settings are read before anything runs; what a payload's rules are, the payload says",
                        "agent.payload..",
                        "telemetry.."),
                noClasses()
                        .that()
                        .resideInAPackage(root + ".agent..")
                        .and(not(resideInAPackage(root + ".agent.uplink")
                                .and(DescribedPredicate.describe(
                                        "Kafka's class there", c -> c.getName().contains(".Kafka")))))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(KAFKA)
                        .because("only the uplink's Kafka class speaks Kafka: the pump is tested without a broker"));
    }

    private List<ArchRule> ofStreams() {
        String walk = "the engine's packages know only what lies to their left on a reading's walk";
        String shell = "a consumer of the figures knows the figures and its own technology, not who computed them";
        String[] around = {
            "streams.factor",
            "streams.indicator",
            "streams.rollup",
            "streams.config",
            "telemetry..",
            KAFKA,
            PROTOBUF,
            JACKSON,
            SLF4J
        };
        return List.of(
                only("streams.sample..", walk, "telemetry.."),
                only("streams.ingest..", walk, "streams.sample", "telemetry.."),
                only("streams.gap..", "what is missing is counted from numbers alone, never from what was measured"),
                only("streams.energy..", walk, "streams.sample", "telemetry.."),
                only("streams.site..", walk, "streams.energy", "telemetry.."),
                only("streams.factor", walk, "telemetry.."),
                only("streams.indicator..", walk, "streams.site", "streams.factor", "telemetry.."),
                only(
                        "streams.factor.record..",
                        "the words of hg.factors become factors: JSON is known here, Kafka isn't",
                        "streams.factor",
                        "telemetry..",
                        JACKSON),
                only("streams.rollup..", walk, "telemetry.."),
                noClasses()
                        .that()
                        .resideInAnyPackage(
                                root + ".streams.topology.state..",
                                root + ".streams.topology.samples..",
                                root + ".streams.topology.device..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(root + ".streams.topology.site..")
                        .because("the device side hands its sums over and doesn't know what becomes of them"),
                noClasses()
                        .that()
                        .resideInAnyPackage(
                                root + ".streams.topology.state..",
                                root + ".streams.topology.samples..",
                                root + ".streams.topology.site..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(root + ".streams.topology.device..")
                        .because("the site side adds sums up and doesn't know how anything is measured"),
                only(
                        "streams.topology..",
                        "the topology ties the pure packages to Kafka Streams; no store or page is called inside it",
                        "streams.sample",
                        "streams.ingest",
                        "streams.energy",
                        "streams.site",
                        "streams.indicator",
                        "streams.rollup",
                        "streams.gap",
                        "streams.factor..",
                        "streams.config",
                        "telemetry..",
                        KAFKA,
                        PROTOBUF,
                        SLF4J,
                        "org.rocksdb.."),
                only(
                        "streams.influx..",
                        shell,
                        with(around, "com.influxdb..", "org.influxdb..", "okhttp3..", "retrofit2..")),
                only(
                        "streams.health..",
                        "who asks how the process is must not be able to hold a figure up: it is told, and tells",
                        "telemetry..",
                        JACKSON,
                        SLF4J),
                only("streams.page..", shell, with(around, "streams.health")),
                only("streams.report..", shell, with(around, "streams.factor.record", "com.openhtmltopdf..")),
                only("streams.alert..", shell, with(around, PAHO)));
    }

    private List<ArchRule> ofSimulatedDevices() {
        String because =
                "the physics come before the ledger, the ledger before the devices, the devices before what they"
                        + " speak: an oracle that knew its readers would prove nothing";
        String[] around = {"sim.device", "sim.ledger", "sim.plant", "telemetry..", SLF4J};
        return List.of(
                only("sim.plant..", because, "telemetry.."),
                only("sim.ledger..", because, "sim.plant", "telemetry.."),
                only("sim.device..", because, "sim.plant", "sim.ledger", "telemetry.."),
                only("sim.fault..", because, "sim.plant", "sim.ledger", "sim.device", "telemetry.."),
                only("sim.mqtt..", because, with(around, PAHO)),
                only("sim.coap..", because, with(around, CALIFORNIUM)));
    }

    private List<ArchRule> ofModules() {
        return List.of(
                never(
                        "sim..",
                        "the simulated devices meet the agent over the network, as real ones do",
                        "agent..",
                        "streams.."),
                never(
                        "agent..",
                        "the agent and the engine meet in Kafka, and are deployed apart",
                        "streams..",
                        "sim.."),
                never(
                        "streams..",
                        "the engine and the agent meet in Kafka, and are deployed apart",
                        "agent..",
                        "sim.."),
                noClasses()
                        .that()
                        .resideOutsideOfPackage(root + ".lab..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(root + ".lab..")
                        .because("the lab is not shipped"),
                slices().matching(root + ".(*).(**)")
                        .should()
                        .beFreeOfCycles()
                        .because("packages in a cycle are one package with two names"));
    }

    private List<ArchRule> ofPurity() {
        DescribedPredicate<JavaClass> pure = resideInAnyPackage(own(PURE))
                .or(DescribedPredicate.describe(
                        "are among " + PURE_CLASSES, c -> PURE_CLASSES.stream().anyMatch(name -> isOf(c, own(name)))));
        String because =
                "time and input come as arguments, so that a day can be replayed, permuted and compared bit for"
                        + " bit; what it did goes out as a value";
        return List.of(
                noClasses()
                        .that(pure)
                        .should()
                        .dependOnClassesThat(resideInAnyPackage(
                                        "java.io..",
                                        "java.nio.file..",
                                        "java.nio.channels..",
                                        "java.net..",
                                        "java.sql..",
                                        "java.util.concurrent..",
                                        "java.util.logging..",
                                        SLF4J,
                                        KAFKA,
                                        PROTOBUF)
                                .and(not(DescribedPredicate.describe(
                                        "Serializable",
                                        c -> c.isEquivalentTo(java.io.Serializable.class)
                                                || c.isEquivalentTo(java.io.Serial.class)))))
                        .because(because),
                noClasses()
                        .that(pure)
                        .should()
                        .dependOnClassesThat(DescribedPredicate.describe(
                                "are clocks or threads",
                                c -> c.isAssignableTo(java.time.InstantSource.class)
                                        || c.isEquivalentTo(Thread.class)
                                        || c.isEquivalentTo(java.util.Timer.class)))
                        .orShould()
                        .callMethodWhere(DescribedPredicate.describe(
                                "it asks for the time, for chance or for the environment",
                                call -> isImpure(call.getTargetOwner(), call.getName())))
                        .because(because));
    }

    private static boolean isOf(JavaClass item, String outermost) {
        return item.getName().equals(outermost) || item.getName().startsWith(outermost + "$");
    }

    private static boolean isImpure(JavaClass owner, String method) {
        if (owner.getPackageName().equals("java.time")) {
            return method.equals("now");
        }
        return IMPURE.contains(owner.getSimpleName() + "." + method);
    }

    private List<ArchRule> ofLibraries() {
        return List.of(
                noClasses()
                        .that()
                        .resideOutsideOfPackage(root + ".telemetry.yaml..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.snakeyaml..")
                        .because("a configuration is read through Section, which keeps the lines of its faults"),
                noClasses()
                        .that()
                        .resideOutsideOfPackages(own(
                                "telemetry.wire..",
                                "agent.payload.sparkplug..",
                                "streams.topology..",
                                "streams.influx..",
                                "streams.page..",
                                "streams.alert..",
                                "streams.report..",
                                "streams",
                                "lab.."))
                        .should()
                        .dependOnClassesThat(resideInAnyPackage(PROTOBUF, root + "..v1.."))
                        .because("messages are for the edge: the wire and those who read or write figures on Kafka"),
                noClasses()
                        .that()
                        .resideOutsideOfPackages(own("telemetry", "lab.."))
                        .should()
                        .callMethodWhere(DescribedPredicate.describe(
                                "it makes an HTTP server",
                                call -> call.getName().equals("create")
                                        && call.getTargetOwner()
                                                .getPackageName()
                                                .equals("com.sun.net.httpserver")))
                        .because("Listening makes them, with a limit to what a stranger may hold open"),
                noClasses()
                        .that()
                        .resideOutsideOfPackages(own("streams.topology..", "streams", "lab.."))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.apache.kafka.streams..")
                        .because("the topology is the only place that knows Kafka Streams"));
    }

    private List<ArchRule> ofStyle() {
        return List.of(
                noClasses()
                        .should()
                        .haveSimpleNameEndingWith("Manager")
                        .orShould()
                        .haveSimpleNameEndingWith("Helper")
                        .orShould()
                        .haveSimpleNameEndingWith("Util")
                        .orShould()
                        .haveSimpleNameEndingWith("Utils")
                        .orShould()
                        .haveSimpleNameEndingWith("Impl")
                        .orShould()
                        .haveSimpleNameStartingWith("Abstract")
                        .because("a class is named for what it is in the domain"),
                classes()
                        .that()
                        .resideOutsideOfPackage("..v1..")
                        .should(resideInANullMarkedPackage())
                        .because("a package says in its package-info what it is for, and null is checked in all of it"),
                fields().that()
                        .haveRawType("org.slf4j.Logger")
                        .or()
                        .haveRawType(System.Logger.class)
                        .should()
                        .bePrivate()
                        .andShould()
                        .beStatic()
                        .andShould()
                        .beFinal()
                        .andShould()
                        .haveName("log")
                        .because("a class has one logger, of one name"));
    }

    private ArchRule onlyMainKnows(String adapter) {
        String module = adapter.substring(0, adapter.indexOf('.'));
        return noClasses()
                .that()
                .resideOutsideOfPackages(own(adapter + "..", module, module + ".config", "lab.."))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(own(adapter + ".."))
                .because("without " + adapter + " only Main, the settings and its own tests stop compiling");
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package whose package-info is @NullMarked") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                boolean marked = item.getPackage()
                        .tryGetPackageInfo()
                        .map(info -> info.isAnnotatedWith(NullMarked.class))
                        .orElse(false);
                events.add(new SimpleConditionEvent(
                        item, marked, item.getPackageName() + " of " + item.getSimpleName() + " is not @NullMarked"));
            }
        };
    }

    /** The classes of a package depend only on each other, the JDK and the given packages. */
    private ArchRule only(String who, String because, String... whom) {
        return classes()
                .that()
                .resideInAPackage(own(who))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(own(with(with(JDK, who), whom)))
                .because(because);
    }

    private ArchRule never(String who, String because, String... whom) {
        return noClasses()
                .that()
                .resideInAPackage(own(who))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(own(whom))
                .because(because);
    }

    /** Names that start with one of our modules are below the root; others are libraries. */
    private String own(String name) {
        return MODULES.contains(name.replaceFirst("\\..*", "")) ? root + "." + name : name;
    }

    private String[] own(String... names) {
        return Arrays.stream(names).map(this::own).toArray(String[]::new);
    }

    private static String[] with(String[] names, String... more) {
        return Stream.concat(Arrays.stream(names), Arrays.stream(more)).toArray(String[]::new);
    }
}
