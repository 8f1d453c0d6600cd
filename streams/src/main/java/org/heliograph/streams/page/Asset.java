package org.heliograph.streams.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A file of the page, held in memory.
 *
 * @param tag changes with the content
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; written as it is
record Asset(String type, String tag, byte[] content) {
    private static final String PAGE = "/heliograph/page/";
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final List<String> FILES = List.of(
            "page.css",
            "theme.js",
            "app.js",
            "view.js",
            "flow.js",
            "chart.js",
            "format.js",
            "words.js",
            "alerts.js",
            "hall.js",
            "change.js",
            "freshness.js",
            "icon.svg");

    /** The page itself, in English. */
    static Asset page() {
        return load(PAGE + "index.html");
    }

    /** All other files by their path on the server. */
    static Map<String, Asset> all() {
        Map<String, Asset> assets = new HashMap<>();
        assets.put("/openapi.json", load(PAGE + "openapi.json"));
        for (String file : FILES) {
            assets.put("/assets/" + file, load(PAGE + file));
        }
        assets.put("/assets/uplot.js", load(UPLOT + "uPlot.iife.min.js"));
        assets.put("/assets/uplot.css", load(UPLOT + "uPlot.min.css"));
        return Map.copyOf(assets);
    }

    /** The same page, said to be French: its scripts put the words in. */
    Asset translated() {
        String text = new String(content, StandardCharsets.UTF_8).replace("<html lang=\"en\">", "<html lang=\"fr\">");
        return new Asset(type, tag.replaceFirst("^\"", "\"fr-"), text.getBytes(StandardCharsets.UTF_8));
    }

    private static Asset load(String resource) {
        try (InputStream stream = Asset.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            byte[] content = stream.readAllBytes();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return new Asset(type(resource), '"' + HexFormat.of().formatHex(digest, 0, 8) + '"', content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static String type(String resource) {
        return switch (resource.substring(resource.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "json" -> "application/json";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException(resource);
        };
    }
}
