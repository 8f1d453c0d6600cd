// Runs before the first paint: the remembered theme, or the one that the address asks for.
(() => {
  const asked = new URLSearchParams(location.search).get('theme');
  let theme = asked;
  try {
    theme = asked ?? localStorage.getItem('heliograph.theme');
  } catch {
    // storage is switched off: follow the system
  }
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
  }
})();
