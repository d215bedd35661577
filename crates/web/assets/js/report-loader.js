(async function () {
  if (!window.DecompressionStream) {
    document.getElementById('app').textContent = 'This report needs a newer browser: Chrome or Edge 80, Firefox 113, Safari 16.4, or a later version.';
    return;
  }
  var text = document.getElementById('report-code').textContent.trim();
  var bytes = Uint8Array.from(atob(text), function (sign) { return sign.charCodeAt(0); });
  var plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  var code = await new Response(plain).json();
  function run(source, type) {
    var script = document.createElement('script');
    if (type) script.type = type;
    script.textContent = source;
    document.body.append(script);
  }
  run(code.charts);
  run(code.page, 'module');
})();
