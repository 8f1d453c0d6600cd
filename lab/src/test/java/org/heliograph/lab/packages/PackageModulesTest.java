package org.heliograph.lab.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The runtimes in the packages have the modules that {@code package.modules} names and no others: a class of one that is
 * missing is not found where it is first used, and by no test, for those run on a whole JDK.
 */
class PackageModulesTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern MODULES = Pattern.compile("<package\\.modules>([^<]*)</package\\.modules>");
    private static final Map<String, String> MODULE_OF_PACKAGE = modulesOfPackages();
    /** What libraries name and never reach here. */
    private static final Set<String> UNREACHED = Set.of(
            "error_prone_annotations java.compiler", // an annotation's
            "jna java.desktop", // windows on a screen
            "org.eclipse.paho.client.mqttv3 java.prefs", // ws://, which nobody can configure
            "org.eclipse.paho.mqttv5.client java.prefs");

    @ParameterizedTest
    @ValueSource(strings = {"agent", "streams", "sim-devices"})
    void a_packages_runtime_has_every_module_that_its_program_and_libraries_name(String module) throws IOException {
        Set<String> packed = packed(module);
        Set<String> missing = new TreeSet<>();
        for (String own : List.of(module, "telemetry")) {
            Set<String> named = new TreeSet<>();
            try (Stream<Path> files = Files.walk(HOME.resolve(own).resolve("target/classes"))) {
                for (Path file : files.filter(PackageModulesTest::isClass).toList()) {
                    named.addAll(named(Files.readAllBytes(file)));
                }
            }
            assertThat(named).contains("java.base");
            note(own, named, packed, missing);
        }
        Path libraries = HOME.resolve(module).resolve("target/lib");
        if (Files.isDirectory(libraries)) { // made by "package"
            try (Stream<Path> jars = Files.list(libraries)) {
                for (Path jar : jars.toList()) {
                    note(jar.getFileName().toString().replaceFirst("-[0-9].*", ""), named(jar), packed, missing);
                }
            }
        }
        assertThat(missing).as("package.modules of %s/pom.xml lacks", module).isEmpty();
    }

    private static void note(String who, Set<String> named, Set<String> packed, Set<String> missing) {
        named.stream()
                .filter(name -> !packed.contains(name))
                .map(name -> who + " " + name)
                .filter(lack -> !UNREACHED.contains(lack))
                .forEach(missing::add);
    }

    /** The modules that are named, and those that these need. */
    private static Set<String> packed(String module) throws IOException {
        Matcher named = MODULES.matcher(Files.readString(HOME.resolve(module).resolve("pom.xml")));
        assertThat(named.find()).isTrue();
        return Configuration.empty()
                .resolve(
                        ModuleFinder.ofSystem(),
                        ModuleFinder.of(),
                        Set.of(named.group(1).split(",")))
                .modules()
                .stream()
                .map(resolved -> resolved.name())
                .collect(Collectors.toSet());
    }

    private static Set<String> named(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), false, JarFile.OPEN_READ, Runtime.version())) {
            return file.versionedStream()
                    .filter(entry -> isClass(Path.of(entry.getName())))
                    .flatMap(entry -> {
                        try (InputStream in = file.getInputStream(entry)) {
                            return named(in.readAllBytes()).stream();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean isClass(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".class") && !name.equals("module-info.class");
    }

    /** The JDK's modules of which a class names a class. */
    private static Set<String> named(byte[] bytes) {
        Set<String> modules = new TreeSet<>();
        ClassFile.of().parse(bytes).constantPool().forEach(entry -> {
            if (entry instanceof ClassEntry named) {
                String name = named.asInternalName().replaceFirst("^\\[+L?", "");
                int end = name.lastIndexOf('/');
                String module = end < 0
                        ? null
                        : MODULE_OF_PACKAGE.get(name.substring(0, end).replace('/', '.'));
                if (module != null) {
                    modules.add(module);
                }
            }
        });
        return modules;
    }

    private static Map<String, String> modulesOfPackages() {
        Map<String, String> modules = new HashMap<>();
        ModuleFinder.ofSystem()
                .findAll()
                .forEach(found -> found.descriptor()
                        .packages()
                        .forEach(name -> modules.put(name, found.descriptor().name())));
        return Map.copyOf(modules);
    }
}
