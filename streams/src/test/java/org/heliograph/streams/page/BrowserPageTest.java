package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractStringAssert;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page in a real browser. It leaves pictures of what it saw in target/page. */
class BrowserPageTest {
    private static final Path PICTURES = Path.of("target", "page");
    private static final Instant NOW = Instant.parse("2026-06-01T13:24:00Z");

    @TempDir
    private static Path profile;

    private static Chromium chromium;

    @TempDir
    private Path folder;

    private final FixtureDay day = new FixtureDay(NOW, 1_000, 14.4);
    private final PageBoard board = new PageBoard();
    private Browser browser;
    private LivePage page;

    @BeforeAll
    static void startChromium() throws IOException {
        assumeTrue(Chromium.find().isPresent(), "no Chromium on this machine's PATH");
        Files.createDirectories(PICTURES);
        chromium = new Chromium(Chromium.find().orElseThrow(), profile);
    }

    @AfterAll
    static void stopChromium() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        page = LivePage.start(
                new PageSettings(true, "127.0.0.1", 0), board, InstantSource.fixed(NOW), Duration.ofSeconds(5));
        browser = chromium.browser();
        browser.size(1920, 1080, false);
        browser.prefer("prefers-reduced-motion", "reduce"); // no picture of something half faded in
    }

    @AfterEach
    void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (page != null) {
            page.close();
        }
    }

    @Test
    void shows_the_figures_of_now_and_follows_them() throws IOException {
        day.fill(board);
        day.alerts().forEach(board::accept);
        SiteLive now = day.live().build();
        assertThat(now.getPue())
                .as("what the picture in the README shows is a site that there may be")
                .isCloseTo(now.getPowerDcW() / now.getPowerItW(), within(1e-9));
        open("");

        awaitText("pue", "1.35");
        awaitText("alert-count", "3");
        awaitText("quarter-basis", "coverage 100\u00a0%, final"); // comes with a request of its own
        awaitText("co2-note", "factor ember-2024@1");
        shows("pue-note", "PUE3, live estimate from power");
        shows("co2", text -> text.matches("\\d,\\d{3} kg"));
        shows("self-consumption", "100 %");
        shows("self-sufficiency", text -> text.matches("\\d\\.\\d %"));
        shows("day-note", text -> text.contains("coverage 99.6\u00a0%, provisional"));
        shows("packs", "0 of 1,204,330 packs missing");
        shows("online", "450");
        shows(
                "silent-list",
                text -> text.contains("crac-05", "12 min", "pdu-c11b", "3 h 20 min", "door-c2", "never heard"));
        comesToBe(
                "document.querySelector('#flow svg').textContent",
                text -> text.contains("Solar395 kW", "Grid1,020 kW", "IT1,049 kW", "Cooling267 kW")
                        .doesNotContain("To the grid"));
        shows("banner", "");
        assertThat(browser.awaitValue("document.querySelector('#chart canvas')?.width > 400", "true"::equals))
                .isEqualTo("true");
        browser.screenshot(PICTURES.resolve("wall.png"), false);

        board.accept(day.live()
                .setTimeMs(NOW.toEpochMilli() + 1_000)
                .setPue(1.412)
                .setPowerExportW(12_000)
                .build());

        awaitText("pue", "1.41");
        comesToBe("document.querySelector('#flow svg').textContent", text -> text.contains("To the grid12 kW"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void absent_figures_are_dashes_with_their_reason_and_never_zeros() throws IOException {
        board.accept(day.live()
                .clearPue()
                .clearPueCategory()
                .clearPowerItW()
                .clearPowerPvW()
                .build());
        open("");

        awaitText("pue-note", "no current reading of the IT load");
        shows("pue", "–");
        shows("co2", "–");
        shows("co2-note", "no figures yet");
        shows("alert-count", "–");
        shows("alert-note", "no rule has reported anything yet");
        shows("quarter", "–");
        comesToBe(
                "document.querySelector('#flow svg').textContent",
                text -> text.contains("IT– no reading", "Solar– no reading"));
        browser.screenshot(PICTURES.resolve("absent.png"), false);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void while_the_generator_carries_the_site_the_picture_says_where_the_power_is_from() throws IOException {
        day.fill(board);
        SiteLive live = day.live().build();
        board.accept(live.toBuilder()
                .setPowerImportW(0)
                .setPowerGeneratorW(live.getPowerImportW() - 120_000)
                .setPowerBatteryW(120_000)
                .build());
        open("?theme=dark");

        comesToBe(
                "document.querySelector('#flow svg').textContent",
                text -> text.contains("Grid0 kW", "Generator900 kW", "Battery120 kW"));
        browser.screenshot(PICTURES.resolve("generator.png"), false);
        open("?lang=fr");
        comesToBe(
                "document.querySelector('#flow svg').textContent",
                text -> text.contains("Groupe900 kW", "Batterie120 kW"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void what_the_meters_disagree_on_stands_below_the_pue_until_a_quarter_is_in_order() throws IOException {
        day.fill(board);
        SiteWindow quarter = board.quarter(FixtureDay.SITE).orElseThrow();
        board.accept(FixtureDay.disagreeing(quarter));
        open("");

        assertThat(browser.awaitValue(
                        "document.getElementById('diagnosis').textContent", text -> text.contains("and 1 more")))
                .contains("the IT energy is 3.600 kWh above", "most likely wrong: pdu-a07a (and 1 more)");
        shows("quarter", "–");
        browser.screenshot(PICTURES.resolve("disagreeing.png"), false);

        board.accept(quarter);
        awaitText("diagnosis", "");
        awaitText("quarter-basis", "coverage 100\u00a0%, final");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void old_data_is_said_to_be_old_and_recedes() throws IOException {
        FixtureDay past = new FixtureDay(NOW.minus(Duration.ofHours(6)), 1_000, 8.4);
        past.fill(board);
        board.accept(past.live().setTimeMs(NOW.toEpochMilli()).build());
        open("");

        awaitText("pulse-text", "past");
        shows("banner", text -> text.matches("Data from \\d\\d:\\d\\d, 6 h old"));
        shows("pue-title", text -> text.matches("PUE at \\d\\d:\\d\\d"));
        assertThat(browser.awaitValue(
                        "getComputedStyle(document.querySelector('.hero')).opacity", opacity -> opacity.equals("0.55")))
                .isEqualTo("0.55");
        assertThat(browser.awaitValue(
                        "getComputedStyle(document.getElementById('alert-count')).opacity",
                        opacity -> opacity.equals("0.55")))
                .as("that nothing is wrong is as old")
                .isEqualTo("0.55");
        browser.screenshot(PICTURES.resolve("old.png"), false);
    }

    @Test
    void a_silent_engine_is_said_with_the_time_of_the_last_figures() {
        board.accept(day.live().setTimeMs(NOW.minusSeconds(90).toEpochMilli()).build());
        open("");

        assertThat(browser.awaitValue(
                        "document.getElementById('banner').innerText", text -> text.contains("for 1 min")))
                .matches("No live figures for 1 min: the last are from \\d\\d:\\d\\d");
        assertThat(browser.evaluate("document.title")).startsWith("no data · ");
    }

    @Test
    void what_the_banner_says_is_read_aloud_once_and_not_with_each_second_of_its_age() {
        board.accept(day.live().setTimeMs(NOW.minusSeconds(10).toEpochMilli()).build());
        open("");

        shows("banner-said", text -> text.startsWith("No live figures for "));
        comesToBe(
                "document.getElementById('banner-said').textContent === document.getElementById('banner').textContent",
                same -> same.isEqualTo("false"));
        assertThat(browser.evaluate("document.getElementById('banner').closest('[aria-live], [role=status]') === null"))
                .isEqualTo("true");
        browser.evaluate("document.getElementById('language').click()");
        shows("banner-said", text -> text.startsWith("Pas de chiffres en direct depuis "));
    }

    @Test
    void before_the_first_figures_it_waits_and_finds_them_by_itself() {
        open("");
        awaitText("banner", "No live figures yet: waiting for the engine");

        day.fill(board);

        awaitText("pulse-text", "live");
        awaitText("online", "450");
    }

    @Test
    void a_lost_connection_is_said_and_comes_back_by_itself() throws AddressUnavailableException {
        day.fill(board);
        open("");
        awaitText("pulse-text", "live");
        int port = page.address().getPort();

        page.close();

        assertThat(browser.awaitValue("document.getElementById('banner').innerText", text -> text.contains("lost")))
                .startsWith("Connection lost, reconnecting: figures from ");
        page = LivePage.start(
                new PageSettings(true, "127.0.0.1", port), board, InstantSource.fixed(NOW), Duration.ofSeconds(5));
        awaitText("pulse-text", "live");
        awaitText("banner", "");
    }

    @Test
    void the_theme_is_remembered_and_the_system_decides_otherwise() {
        day.fill(board);
        String paper = "getComputedStyle(document.body).backgroundColor";
        browser.prefer("prefers-color-scheme", "dark");
        open("");
        awaitText("pulse-text", "live");
        String dark = browser.evaluate(paper);

        browser.evaluate("document.getElementById('theme').click()");
        String light = browser.evaluate(paper);
        open("");
        awaitText("pulse-text", "live");
        awaitText("theme-name", "light");

        assertThat(browser.evaluate(paper)).isEqualTo(light).isNotEqualTo(dark);
    }

    @Test
    void with_several_sites_one_is_chosen() {
        day.fill(board);
        SiteLive other = day.live().setSite("oujda1").setPue(1.21).build();
        board.accept(other);
        open("?site=oujda1");
        awaitText("pue", "1.21");

        browser.evaluate("(() => { const c = document.getElementById('site-choice'); c.value = 'casa1';"
                + " c.dispatchEvent(new Event('change')); })()");

        awaitText("pue", "1.35");
    }

    @Test
    void a_phone_needs_no_sideways_scrolling_and_keys_read_the_chart() throws IOException {
        day.fill(board);
        browser.size(390, 844, true);
        open("");
        awaitText("quarter-basis", "coverage 100\u00a0%, final");
        awaitText("hall-figure", "17 of 18 within");

        comesToBe("document.documentElement.scrollWidth", width -> width.isEqualTo("390"));
        browser.screenshot(PICTURES.resolve("phone.png"), true);
        // the quarter hour that is still open has no figures yet: each look goes one further back
        comesToBe(
                "(() => { document.getElementById('chart').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft'}));"
                        + " return document.getElementById('readout').innerText; })()",
                text -> text.contains("PUE", "coverage 100\u00a0%, final"));
    }

    @Test
    void shows_the_hall_by_row_and_what_stands_out_in_it() throws IOException {
        day.fill(board);
        open("");

        awaitText("hall-figure", "17 of 18 within");
        shows("hall-warmest", "warmest 28.3 °C (inlet-b4)");
        shows("hall-note", text -> text.contains("recommended 18–27 °C, allowable 15–32 °C"));
        comesToBe(
                "document.querySelector('#rows .warm').title",
                text -> text.isEqualTo("inlet-b4: 28.3 °C, above recommended"));
        shows("crac-faults", "1 to look at");
        comesToBe(
                "document.querySelector('#cracs tbody tr:nth-child(5)').innerText",
                text -> text.contains("crac-05", "not heard since 14:12"));
        comesToBe(
                "document.querySelector('#cracs tbody tr').innerText",
                text -> text.contains("crac-01", "no alarm", "18.1 °C", "29.4 °C", "62\u00a0%", "56\u00a0%"));
        comesToBe(
                "document.querySelector('#inverters tbody tr:nth-child(3)').innerText",
                text -> text.contains("inv-03", "running", "60 %"));

        FixtureDay later = new FixtureDay(NOW.plusSeconds(60), 1_000, 14.4);
        later.fillHall(board);
        board.accept(later.inlet("inlet-b4", 24.1));
        board.settle();

        awaitText("hall-figure", "18 of 18 within");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void alerts_stand_until_they_are_cleared() {
        day.fill(board);
        open("");
        awaitText("alert-count", "none");

        Alert alert = FixtureDay.alert(
                "crac-02", "crac-alarm", "critical", "crac-02 reports an alarm", NOW.minusSeconds(600));
        board.accept(alert);

        awaitText("alert-count", "1");
        shows("alert-list", text -> text.contains("crac-02 reports an alarm", "since 14:14"));
        assertThat(browser.awaitValue(
                        "document.querySelector('#cracs tbody tr:nth-child(2)').innerText",
                        row -> row.contains("alarm") && !row.contains("no alarm")))
                .contains("crac-02");

        board.accept(alert.toBuilder().setState(AlertState.CLEARED).build());
        awaitText("alert-count", "none");
    }

    @Test
    void what_is_critical_stands_above_what_is_newer_and_what_is_left_out_is_counted() throws IOException {
        day.fill(board);
        board.accept(FixtureDay.alert("hall-1", "leak", "critical", "water below row A", NOW.minusSeconds(3_600)));
        board.accept(FixtureDay.alert("crac-02", "crac-uneven", "info", "crac-02 is asked for more", NOW));
        for (int i = 0; i < 60; i++) {
            board.accept(FixtureDay.alert("pdu-" + i, "device-silent", "warning", "no reading for 2 min 1 s", NOW));
        }
        open("");

        awaitText("alert-count", "62");
        comesToBe(
                "document.querySelector('#alert-list li').innerText",
                text -> text.contains("water below row A", "critical · hall-1 · since 13:24"));
        comesToBe(
                "document.querySelector('#alert-list li:last-child').innerText", text -> text.isEqualTo("and 12 more"));
        comesToBe(
                "document.querySelector('#cracs tbody tr:nth-child(2)').innerText",
                text -> text.contains("see alerts").doesNotContain("alarm"));
        browser.screenshot(PICTURES.resolve("alerts.png"), false);

        open("?lang=fr");
        comesToBe(
                "document.querySelector('#alert-list li').innerText",
                text -> text.contains("fuite d’eau", "critique · hall-1 · depuis 13:24"));
        comesToBe(
                "document.querySelector('#alert-list li:last-child').innerText",
                text -> text.isEqualTo("et 12 de plus"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void says_why_the_pue_moved_and_between_which_moments() throws IOException {
        day.fill(board);
        open("");

        assertThat(browser.awaitValue("document.getElementById('trend').textContent", text -> !text.isEmpty()))
                .matches("▲ \\+0\\.0\\d\\d in an hour, most by cooling");
        shows("why-result", text -> text.matches("1\\.3\\d\\d → 1\\.3\\d\\d: \\+0\\.0\\d\\d"));
        shows("why-basis", "minutes known: 15/15 before, 15/15 after");
        shows("why-table", text -> text.containsIgnoringCase("IT load").containsIgnoringCase("distribution loss"));

        comesToBe(
                "document.getElementById('why-from').options[3].text", // the site's clock is known by now
                text -> text.isEqualTo("13:45"));
        browser.evaluate("(() => { const s = document.getElementById('why-from'); s.value = s.options[3].value;"
                + " s.dispatchEvent(new Event('change')); })()");

        assertThat(browser.awaitValue("document.getElementById('why-before').textContent", "13:30–13:45"::equals))
                .isEqualTo("13:30–13:45");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void speaks_the_language_that_the_browser_asks_for_and_the_one_that_is_chosen() throws IOException {
        day.fill(board);
        board.accept(
                FixtureDay.alert("pdu-c11b", "device-silent", "warning", "no reading for 2 min 1 s", NOW).toBuilder()
                        .setWatch("silence")
                        .setValue(121)
                        .build());
        SiteLive.Builder live = day.live();
        live.getSilentBuilder(0).setHeardMs(NOW.toEpochMilli()).setBehindMs(3_600_000);
        board.accept(live.build());
        browser.language("fr-MA,fr;q=0.9,en;q=0.5");
        open("?theme=light");

        awaitText("quarter-title", "Dernier quart d’heure");
        awaitText("pue", "1,35");
        comesToBe("document.documentElement.lang", text -> text.isEqualTo("fr"));
        shows("co2-note", "facteur ember-2024@1");
        shows("day-note", text -> text.contains("couverture 99,6\u00a0%, provisoire"));
        awaitText("alert-count", "1");
        shows(
                "alert-list",
                text -> text.contains("appareil muet")
                        .contains("pas de mesure depuis 2 min")
                        .doesNotContain("no reading"));
        shows("silent-list", text -> text.contains("horloge en retard de 1"));
        browser.screenshot(PICTURES.resolve("french.png"), false);

        browser.evaluate("document.getElementById('language').click()");
        awaitText("pue", "1.35");
        open("?theme=light");
        awaitText("quarter-title", "Last quarter hour");
        assertThat(browser.complaints()).isEmpty();
    }

    /** Where none of the fonts that the page names is there, another is, and some are a fifth wider. */
    @ParameterizedTest
    @CsvSource({"en, 1440, 900", "fr, 1440, 900", "fr, 1920, 1080", "fr, 1024, 1366", "fr, 390, 844"})
    void nothing_leaves_its_place_in_a_wide_font(String language, int width, int height) throws IOException {
        day.fill(board);
        browser.size(width, height, width < 500);
        open("?theme=light&lang=" + language);
        browser.run("document.body.style.fontFamily = '\"DejaVu Sans\", Verdana'");
        awaitText("pulse-text", language.equals("fr") ? "en direct" : "live");
        shows("hall-figure", text -> text.startsWith("17"));
        browser.run("window.dispatchEvent(new Event('resize'))");

        // of each section and each figure in a column, what sticks out of it; of the picture's words, what isn't in it
        comesToBe("""
                (() => {
                  const out = [...document.querySelectorAll('section, .history, .lines dd > b')]
                    .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.id || e.className);
                  const {left, right} = document.getElementById('flow').getBoundingClientRect();
                  for (const word of document.querySelectorAll('#flow text')) {
                    const at = word.getBoundingClientRect();
                    if (at.left < left - 1 || at.right > right + 1) out.push(word.textContent);
                  }
                  return out.join(', ') || 'nothing';
                })()""", out -> out.isEqualTo("nothing"));
        browser.screenshot(PICTURES.resolve("wide-" + language + "-" + width + ".png"), false);
    }

    @Test
    void times_are_those_of_the_sites_clocks_wherever_the_browser_is() {
        day.fill(board);
        open("");

        awaitText("pulse-text", "live");
        shows("clock", text -> text.matches("14:24:\\d\\d")); // it goes on between the server's beats
        shows("zone", "Africa/Casablanca, UTC+1");
        shows("day-note", text -> text.startsWith("since 00:00"));
    }

    @ParameterizedTest
    @CsvSource({"light, 1920, 1080", "dark, 1920, 1080", "light, 390, 844", "dark, 1100, 800"})
    void axe_finds_nothing_that_bars_anyone(String theme, int width, int height) throws IOException {
        day.fill(board);
        board.accept(FixtureDay.disagreeing(board.quarter(FixtureDay.SITE).orElseThrow()));
        board.accept(FixtureDay.alert("", "pue-high", "warning", "PUE is above 1.5", NOW.minusSeconds(60)));
        browser.size(width, height, false);
        open("?theme=" + theme);
        awaitText("hall-figure", "17 of 18 within");
        awaitText("alert-count", "1");
        browser.evaluate("document.getElementById('history-details').open = true");
        letNothingRecede();
        browser.screenshot(PICTURES.resolve("axe-" + theme + "-" + width + ".png"), true);

        assertThat(whatBarsSomebody()).isEqualTo("nothing");
    }

    @Test
    void axe_finds_nothing_that_bars_anyone_from_learning_that_there_are_no_figures() throws IOException {
        open("");
        awaitText("banner", "No live figures yet: waiting for the engine");
        letNothingRecede();
        assertThat(whatBarsSomebody()).isEqualTo("nothing");
    }

    /** For its age, while axe keeps the page busy: what is dimmed has too little contrast, and is meant to. */
    private void letNothingRecede() {
        browser.evaluate("[...document.styleSheets].at(-1).insertRule('.live { opacity: 1 !important }')");
    }

    private String whatBarsSomebody() throws IOException {
        browser.run(axe());
        browser.run("axe.run().then((r) => { window.found = r.violations.map((v) => v.id + ' ' + v.nodes.map((n) =>"
                + " n.html + ' ' + n.any.map((a) => a.message).join()).join('; ')).join('\\n') || 'nothing'; })");
        return browser.awaitValue("window.found", found -> !found.equals("undefined"));
    }

    @Test
    void a_keyboard_reaches_everything_in_the_order_of_the_page() {
        day.fill(board);
        board.accept(FixtureDay.alert("crac-02", "crac-alarm", "critical", "an alarm", NOW));
        open("");
        awaitText("alert-count", "1");
        awaitText("hall-figure", "17 of 18 within");
        assertThat(browser.awaitValue("document.getElementById('trend').textContent", text -> !text.isEmpty()))
                .isNotEmpty();

        List<String> tour = new ArrayList<>();
        for (int i = 0; i < 40 && !tour.contains("history-details"); i++) {
            browser.press("Tab");
            tour.add(browser.evaluate("(document.activeElement.id || document.activeElement.className"
                    + " || document.activeElement.closest('[id]')?.id)"));
        }

        assertThat(tour)
                .containsSubsequence(
                        "skip",
                        "language",
                        "theme",
                        "trend",
                        "chart",
                        "alert-list",
                        "rows-scroll",
                        "silent-list",
                        "why-from",
                        "why-to",
                        "history-details");
    }

    @Test
    void the_skip_link_leads_past_the_header() {
        day.fill(board);
        open("");
        awaitText("pulse-text", "live");

        browser.press("Tab");
        browser.press("Enter");

        assertThat(browser.awaitValue("document.activeElement.id", "figures"::equals))
                .isEqualTo("figures");
    }

    @Test
    void asks_for_the_token_once_and_shows_nothing_before() throws Exception {
        day.fill(board);
        page.close();
        Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef-right\n");
        page = LivePage.start(
                new PageSettings(true, "127.0.0.1", 0, Optional.of(new Secret.InFile(token)), Optional.empty()),
                board,
                InstantSource.fixed(NOW),
                Duration.ofSeconds(5));
        open("");
        assertThat(browser.awaitValue("document.getElementById('login').hidden", "false"::equals))
                .isEqualTo("false");
        shows("pue", "–");

        logIn("0123456789abcdef-wrong");
        awaitText("login-wrong", "That is not the token");
        logIn("0123456789abcdef-right");

        awaitText("pue", "1.35");
        awaitText("pulse-text", "live");
        open("");
        awaitText("pulse-text", "live"); // the cookie is kept
        assertThat(browser.evaluate("document.getElementById('login').hidden")).isEqualTo("true");
        assertThat(browser.evaluate("document.cookie")).isEmpty();
    }

    private void logIn(String token) {
        browser.evaluate("(() => { document.getElementById('token').value = '" + token + "';"
                + " document.getElementById('login').requestSubmit(); })()");
    }

    private static String axe() throws IOException {
        try (InputStream source =
                BrowserPageTest.class.getResourceAsStream("/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
            return new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void open(String query) {
        browser.open(URI.create(page.address() + query));
    }

    /** Asserts it of what an element shows, as soon as it holds: the page's parts come by requests of their own. */
    private void shows(String id, Consumer<AbstractStringAssert<?>> assertion) {
        comesToBe("document.getElementById('" + id + "')?.innerText", assertion);
    }

    private void shows(String id, String text) {
        shows(id, shown -> shown.isEqualTo(text));
    }

    private void comesToBe(String expression, Consumer<AbstractStringAssert<?>> assertion) {
        String last = browser.awaitValue(expression, text -> {
            try {
                assertion.accept(assertThat(text));
                return true;
            } catch (AssertionError notYet) {
                return false;
            }
        });
        assertion.accept(assertThat(last));
    }

    private void awaitText(String id, String text) {
        assertThat(browser.awaitValue("document.getElementById('" + id + "')?.textContent", text::equals))
                .isEqualTo(text);
    }
}
