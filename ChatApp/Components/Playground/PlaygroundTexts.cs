using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Localization;

namespace ChatApp.Components.Playground;

/// <summary>What wwwroot/js/playground.js says, in the reader's language; <c>{0}</c> and so on are filled in by it.</summary>
internal static class PlaygroundTexts
{
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string For(IStringLocalizer<Texts> t) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["start"] = t["Native: start a run"],
        ["startAbout"] = t["Every event has an id; a broken stream resumes with Last-Event-ID."],
        ["events"] = t["Native: a run's events"],
        ["eventsAbout"] = t["Put in the X-Run-Id of any answer, whichever contract it was given in."],
        ["agenticAbout"] = t["A snapshot of the conversation, then deltas."],
        ["ask"] = t["Ask: a session"],
        ["askAbout"] = t["Several people and one agent. Create the session first:"] + " sessions create --key 123 --question …",
        ["personaAbout"] = t["Get a conversation first:"] + " POST /conversations/with-avee?avee_id=…, GET /avees/demo.",
        ["relayAbout"] = t["Messages in, content out, [DONE] at the end."],
        ["studyAbout"] = t["Metadata, tokens, and the whole text at the end. It costs points."],
        ["simple"] = t["StudyGuru: simple"],
        ["simpleAbout"] = t["The same for clients that can only GET."],
        ["sent"] = t["Sent. Waiting for the answer…"],
        ["answered"] = t["{0} after {1}"],
        ["ended"] = t["{0}. Ended after {1}: {2} chunks, {3} bytes, the first after {4}."],
        ["disconnected"] = t["Disconnected. The answer goes on: follow its events with the X-Run-Id."],
        ["cut"] = t["The connection was cut after {0} and {1} chunks: {2}"],
        ["copied"] = t["Copied"],
    }, Format);
}
