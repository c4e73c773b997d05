// node web/build.mjs: compiles the pages to static files in dist/web, which the driver serves.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

await build({
  root: path('.'),
  configFile: false,
  logLevel: 'warn',
  // Pages may stand below any path, behind a proxy.
  base: './',
  build: {
    outDir: path('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The content security policy allows no data in style sheets.
    assetsInlineLimit: 0,
    rolldownOptions: { input: [path('index.html'), path('login.html')] },
  },
});
