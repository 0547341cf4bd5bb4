using System.Text.Json;
using System.Text.Json.Serialization;
using ChatApp.Dialects.Ask;
using ChatApp.Dialects.Native;
using ChatApp.Dialects.Sse;
using ChatApp.Dialects.StudyGuru;

namespace ChatApp.Dialects;

public static class DialectsServices
{
    /// <summary>The wire formats, and the JSON that all of our own routes speak.</summary>
    public static IServiceCollection AddDialects(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            var json = options.SerializerOptions;
            json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            // Which of two values was meant, nobody can tell; parsers differ in which they take.
            json.AllowDuplicateProperties = false;
            json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
            json.TypeInfoResolverChain.Insert(0, NativeJson.Default);
        });
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "ChatApp";
            document.Info.Description = "Start runs of an agent, follow their events, and manage conversations.";
            return Task.CompletedTask;
        }));
        services.AddSingleton<SseStream>();
        services.AddSingleton<AskStream>();
        return services;
    }

    public static void MapDialects(this WebApplication app)
    {
        app.MapRuns();
        app.MapAsk();
        app.MapStudyGuru();
        app.MapOpenApi("/openapi/{documentName}.json");
        app.UseSwaggerUI(options =>
        {
            options.DocumentTitle = "ChatApp API";
            options.SwaggerEndpoint("/openapi/v1.json", "ChatApp");
        });
    }
}

/// <summary>The bodies on the hot path, without reflection.</summary>
[JsonSerializable(typeof(StartRunBody))]
internal sealed partial class NativeJson : JsonSerializerContext;
