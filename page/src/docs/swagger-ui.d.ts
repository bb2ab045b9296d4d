declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** The options that this page uses, of those at https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/ */
  interface Options {
    readonly dom_id: string;
    readonly url: string;
    readonly deepLinking: boolean;
    readonly validatorUrl: null;
    readonly displayRequestDuration: boolean;
    readonly defaultModelsExpandDepth: number;
  }
  export default function SwaggerUi(options: Options): unknown;
}
