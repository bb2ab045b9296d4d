import 'swagger-ui-dist/swagger-ui.css';
import './docs.css';

const dark = matchMedia('(prefers-color-scheme: dark)');
const followColors = (): boolean => document.documentElement.classList.toggle('dark-mode', dark.matches);
followColors();
dark.addEventListener('change', followColors);

// The viewer is large: it is loaded after the page has something to show.
const { default: SwaggerUi } = await import('swagger-ui-dist/swagger-ui-es-bundle.js');

SwaggerUi({
  dom_id: '#reference',
  url: new URL('openapi.json', document.baseURI).href,
  deepLinking: true,
  // It would ask another server whether the description is valid.
  validatorUrl: null,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
});
