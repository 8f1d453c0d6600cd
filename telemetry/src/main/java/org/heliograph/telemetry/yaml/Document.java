package org.heliograph.telemetry.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * From a file to the mapping at its top, or to the one flaw that says why there is none. Size and depth are limited
 * and aliases refused, so that no text makes the program hang or run out of memory or stack.
 */
final class Document {
    private static final int MAX_BYTES = 3_000_000;
    private static final int MAX_DEPTH = 32;

    private Document() {}

    static Optional<String> text(Path file, Flaws flaws) {
        String message;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length <= MAX_BYTES) {
                return Optional.of(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString());
            }
            message = "is larger than " + MAX_BYTES + " bytes";
        } catch (NoSuchFileException _) {
            message = "no such file";
        } catch (CharacterCodingException _) {
            message = "is not UTF-8 text";
        } catch (AccessDeniedException _) {
            message = "can't be read by this user";
        } catch (IOException e) {
            message = Files.isDirectory(file) ? "is a folder, not a file" : "can't be read: " + e;
        }
        flaws.add(new Flaw(file.toString(), 0, "", message));
        return Optional.empty();
    }

    static String resource(Class<?> owner, String name) {
        try (InputStream in = owner.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the program can't read its " + name, e);
        }
    }

    static Optional<MappingNode> top(String file, String text, Flaws flaws) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(MAX_BYTES)
                .setAllowDuplicateKeys(true) // Section notes them, with their lines
                .setAllowNonScalarKeys(true)
                .build();
        Flaw flaw;
        try {
            requirePlain(new Parse(settings).parseString(text));
            Optional<Node> top = new Compose(settings).composeString(text);
            if (top.isPresent() && top.get() instanceof MappingNode mapping) {
                return Optional.of(mapping);
            }
            flaw = top.map(node -> new Flaw(file, line(node.getStartMark()), "", Section.NOT_A_MAPPING))
                    .orElse(new Flaw(file, 0, "", "is empty"));
        } catch (UnsupportedException e) {
            flaw = new Flaw(file, e.line, "", e.problem);
        } catch (MarkedYamlEngineException e) {
            String context = e.getContext() == null ? "" : e.getContext() + " ";
            flaw = new Flaw(file, line(e.getProblemMark()), "", "not YAML: " + oneLine(context + e.getProblem()));
        } catch (ReaderException e) {
            long line = 1
                    + text.chars()
                            .limit(text.indexOf(e.getCodePoint()))
                            .filter(c -> c == '\n')
                            .count();
            flaw = new Flaw(file, (int) line, "", "not YAML: holds the character " + e.getCodePoint());
        } catch (YamlEngineException e) {
            flaw = new Flaw(file, 0, "", "not YAML: " + oneLine(String.valueOf(e.getMessage())));
        }
        flaws.add(flaw);
        return Optional.empty();
    }

    static int line(Optional<Mark> mark) {
        return mark.map(m -> m.getLine() + 1).orElse(0);
    }

    /** The parser keeps its own stack; composing the nodes recurses, so the depth is known before. */
    private static void requirePlain(Iterable<Event> events) {
        int depth = 0;
        for (Event event : events) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> {
                    depth++;
                    if (depth > MAX_DEPTH) {
                        throw new UnsupportedException(event, "is nested deeper than " + MAX_DEPTH + " levels");
                    }
                }
                case MappingEnd, SequenceEnd -> depth--;
                case Alias -> throw new UnsupportedException(event, "aliases (*name) are not supported");
                case Scalar, Comment, DocumentStart, DocumentEnd, StreamStart, StreamEnd -> {}
            }
        }
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    /** YAML, but more than a configuration needs. */
    private static final class UnsupportedException extends YamlEngineException {
        private final int line;
        private final String problem;

        UnsupportedException(Event event, String problem) {
            super(problem);
            this.line = line(event.getStartMark());
            this.problem = problem;
        }
    }
}
