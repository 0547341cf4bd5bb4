using System.Globalization;
using ChatApp.Dialects.Problems;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace ChatApp.Dialects.Native;

/// <summary>The OpenAPI document, and Swagger UI over it: what the routes themselves do not say.</summary>
internal static class OpenApiDescription
{
    /// <summary>Content type of a stream of events.</summary>
    public const string EventStream = "text/event-stream";

    private const string Bearer = "bearer";
    private const string KeyHeader = "x-api-key";
    private const string ProblemSchema = "Problem";
    private const string ProblemType = "application/problem+json";

    public static void AddOpenApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options => options
        .AddDocumentTransformer(DescribeAsync)
        .AddSchemaTransformer(AllowOmissionAsync)
        .AddOperationTransformer(SecureAsync)
        .AddOperationTransformer(AddProblemsAsync));

    public static void MapOpenApiDescription(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.UseSwaggerUI(options =>
        {
            options.DocumentTitle = "ChatApp API";
            options.SwaggerEndpoint("/openapi/v1.json", "ChatApp");
        });
    }

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info.Title = "ChatApp";
        document.Info.Description = "Start runs of an agent, follow their events, and manage conversations.";
        document.AddComponent<IOpenApiSecurityScheme>(Bearer, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key." });
        document.AddComponent<IOpenApiSecurityScheme>(KeyHeader, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = KeyHeader, Description = "An API key; the verdict is the same.",
        });
        return Task.CompletedTask;
    }

    /// <summary>A member without a value is left out, of answers and of requests.</summary>
    private static Task AllowOmissionAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (property.Type?.HasFlag(JsonSchemaType.Null) == true)
                schema.Required?.Remove(name);
        }
        foreach (var property in context.JsonTypeInfo.Properties.Where(p => Nullable.GetUnderlyingType(p.PropertyType) != null))
            schema.Required?.Remove(property.Name);
        return Task.CompletedTask;
    }

    private static Task SecureAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (NeedsKey(context))
        {
            // One of the two is enough.
            operation.Security =
            [
                new() { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] },
                new() { [new OpenApiSecuritySchemeReference(KeyHeader, context.Document)] = [] },
            ];
        }
        return Task.CompletedTask;
    }

    /// <summary>Adds the errors that follow from a route's shape, and gives those that it declares their body.</summary>
    private static async Task AddProblemsAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (!NeedsKey(context))
            return;
        var responses = operation.Responses ??= [];
        bool takesId = operation.Parameters?.Any(p => p.In == ParameterLocation.Path) == true;
        bool takesInput = operation.RequestBody != null || operation.Parameters?.Any(p => p.In != ParameterLocation.Path) == true;
        int[] implied = [401, 403, .. takesInput ? [400] : Array.Empty<int>(), .. takesId ? [404] : Array.Empty<int>(),
            .. operation.RequestBody != null ? [413, 415] : Array.Empty<int>(), 503];
        foreach (int status in implied)
            responses.TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse { Description = ReasonPhrases.GetReasonPhrase(status) });

        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey(ProblemSchema) != true)
            document.AddComponent<IOpenApiSchema>(ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellationToken));
        foreach (var (status, response) in responses)
        {
            if (response.Content?.TryGetValue(EventStream, out var events) == true)
                ((OpenApiMediaType)events).Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Server-sent events." };
            if (status[0] is '4' or '5' && response is OpenApiResponse error)
                error.Content = new Dictionary<string, OpenApiMediaType> { [ProblemType] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document) } };
        }
    }

    private static bool NeedsKey(OpenApiOperationTransformerContext context) => context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Any();
}
