using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Localization;

namespace ChatApp.Components.Chat;

/// <summary>What the composer's scripts say, in the reader's language; <c>{0}</c> and so on are filled in by them.</summary>
internal static class ComposerTexts
{
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string For(IStringLocalizer<Texts> t) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["tooLong"] = t["This message has {0} characters; {1} can be sent at once. Shorten it by {2}."],
        ["queued"] = t["Queued. It is sent when the answer has ended."],
        ["notQueued"] = t["Not queued: the browser's storage is full. Send it when the answer has ended."],
        ["queueWaits"] = t["Sent one after another, when the answer has ended"],
        ["queueHeld"] = t["The last answer did not finish. These messages wait for you."],
        ["queueRefused"] = t["The first of these messages was not taken. They wait for you."],
        ["queueElsewhere"] = t["These messages were queued in another version of this chat. They wait for you."],
        ["queueOffline"] = t["Sent when the connection is back"],
        ["sendNow"] = t["Send now"],
        ["editQueued"] = t["Edit queued message: {0}"],
        ["removeQueued"] = t["Remove queued message: {0}"],
        ["files"] = t["{0} files"],
        ["oneFile"] = t["1 file"],
        ["agents"] = t["Agents"],
        ["prompts"] = t["Prompts"],
        ["matches"] = t["{0} suggestions"],
        ["oneMatch"] = t["1 suggestion"],
        ["noPrompts"] = t["No prompts yet"],
        ["managePrompts"] = t["Manage prompts"],
        ["everybodys"] = t["for everybody"],
        ["picked"] = t["{0} answers next."],
        ["insert"] = t["Insert"],
        ["cancel"] = t["Cancel"],
        ["fillIn"] = t["Fill in, then the text is put into your message."],
        ["tooMany"] = t["At most {0} files can go with a message."],
        ["tooLarge"] = t["{0} is too large: a file may have {1}."],
        ["wrongType"] = t["{0} can't be attached: only PNG, JPEG, GIF and WebP images and texts can."],
        ["empty"] = t["{0} is empty."],
        ["storageFull"] = t["{0} was not uploaded: your files take all the room that they may take."],
        ["notUploaded"] = t["{0} was not uploaded. Try again."],
        ["uploading"] = t["A file is still being uploaded."],
        ["attached"] = t["{0} is attached."],
        ["removeFile"] = t["Remove {0}"],
        ["openFile"] = t["Open {0}"],
        ["pasted"] = t["The long text became a file."],
        ["blind"] = t["The model of {0} can't look at images. Remove them, or choose another agent."],
        ["dictate"] = t["Dictate"],
        ["stopDictation"] = t["Stop dictating"],
        ["noMicrophone"] = t["The browser does not let this page use the microphone."],
        ["noSpeech"] = t["The browser could not understand the speech. Try again, or type."],
        ["bytes"] = t["{0} B"],
        ["kilobytes"] = t["{0} KB"],
        ["megabytes"] = t["{0} MB"],
    }.Concat(Viewer(t)).ToDictionary(), Format);

    /// <summary>What <c>composer/file-viewer.js</c> says where there is no composer.</summary>
    public static string ForViewer(IStringLocalizer<Texts> t) => JsonSerializer.Serialize(Viewer(t), Format);

    private static Dictionary<string, string> Viewer(IStringLocalizer<Texts> t) => new()
    {
        ["close"] = t["Close"],
        ["cutFile"] = t["Only the first {0} characters are shown. Download the file to see all of it."],
        ["download"] = t["Download"],
    };
}
