using System.Text.Json;
using System.Text.Json.Serialization;
using ChatApp.Dialects.Agentic;
using ChatApp.Dialects.Ask;
using ChatApp.Dialects.Native;
using ChatApp.Dialects.Persona;
using ChatApp.Dialects.Relay;
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
            json.NumberHandling = JsonNumberHandling.Strict;
            // Which of two values was meant, nobody can tell; parsers differ in which they take.
            json.AllowDuplicateProperties = false;
            json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
            json.TypeInfoResolverChain.Insert(0, NativeJson.Default);
        });
        services.AddOpenApiDescription();
        services.AddSingleton<SseStream>();
        services.AddStreamCuts();
        services.AddRelay();
        services.AddSingleton<AskDoor>();
        services.AddSingleton<AskStream>();
        return services;
    }

    public static void MapDialects(this WebApplication app)
    {
        app.MapRuns();
        app.MapAgentic();
        app.MapPersona();
        app.MapAsk();
        app.MapStudyGuru();
        app.MapRelay();
        app.MapOpenApiDescription();
    }
}

/// <summary>The bodies on the hot path, without reflection.</summary>
[JsonSerializable(typeof(StartRunBody))]
internal sealed partial class NativeJson : JsonSerializerContext;
